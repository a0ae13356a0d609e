//! What only one format needs to know from the configuration.

use crate::amazon_connect::AmazonConnectRules;
use crate::asterisk::AsteriskRules;
use crate::freeswitch_callcenter::FreeswitchRules;
use crate::generic_json::JsonRules;
use crate::genesys_cloud::GenesysCloudRules;
use crate::twilio_taskrouter::TwilioRules;

/// The rules of one format.
#[derive(Clone, Debug, Default)]
pub enum FormatRules {
    /// The format needs none.
    #[default]
    None,
    /// The formats of Asterisk.
    Asterisk(AsteriskRules),
    /// Those of `amazon_connect`.
    AmazonConnect(AmazonConnectRules),
    /// Of `freeswitch_callcenter`.
    FreeswitchCallcenter(FreeswitchRules),
    /// Those of `genesys_cloud`.
    GenesysCloud(GenesysCloudRules),
    /// Of `json`.
    Json(JsonRules),
    /// Of `twilio_taskrouter`.
    TwilioTaskrouter(TwilioRules),
}
