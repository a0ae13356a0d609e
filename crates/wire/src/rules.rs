//! What only one format needs to know from the configuration.

use crate::amazon_connect::attributes::AmazonConnectRules;
use crate::asterisk::rules::AsteriskRules;
use crate::freeswitch_callcenter::rules::FreeswitchRules;
use crate::generic_json::rules::JsonRules;
use crate::genesys_cloud::rules::GenesysCloudRules;
use crate::twilio_taskrouter::rules::TwilioRules;

/// The rules of one format.
#[derive(Clone, Debug, Default)]
pub enum FormatRules {
    /// The format needs none.
    #[default]
    None,
    /// Of Asterisk, in either form.
    Asterisk(AsteriskRules),
    /// Of `amazon_connect`.
    AmazonConnect(AmazonConnectRules),
    /// Of `freeswitch_callcenter`.
    FreeswitchCallcenter(FreeswitchRules),
    /// Of `genesys_cloud`.
    GenesysCloud(GenesysCloudRules),
    /// Of `json`.
    Json(JsonRules),
    /// Of `twilio_taskrouter`.
    TwilioTaskrouter(TwilioRules),
}
