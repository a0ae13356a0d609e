//! What the configuration says about `TaskRouter` alone.

use ensilinja_model::LineIndex;

use crate::KeyTable;
use crate::generic_json::JsonPointer;
use crate::generic_json::tree::Branch;

/// The settings of `twilio_taskrouter`.
#[derive(Clone, Debug)]
pub struct TwilioSettings {
    /// The attribute of a task that says that it is a callback: names with dots between them.
    pub callback_attribute: String,
    /// Its values for callbacks.
    pub callback_values: Vec<String>,
    /// The attribute that says what came of a task.
    pub outcome_attribute: String,
    /// A callback task that is completed has reached the customer, unless its outcome says otherwise.
    pub completed_is_reached: bool,
    /// Workflow, by id or name, to line: for what happens before a queue.
    pub workflows: KeyTable<LineIndex>,
}

impl Default for TwilioSettings {
    /// What the vendor's Flex project template writes.
    fn default() -> Self {
        Self {
            callback_attribute: "taskType".to_owned(),
            callback_values: vec!["callback".to_owned(), "voicemail".to_owned()],
            outcome_attribute: "conversations.outcome".to_owned(),
            completed_is_reached: false,
            workflows: KeyTable::default(),
        }
    }
}

/// The rules of `twilio_taskrouter`: the settings, and where the attributes of a task are.
#[derive(Clone, Debug)]
pub struct TwilioRules {
    pub(super) settings: TwilioSettings,
    pub(super) tree: Branch,
    pub(super) kind: JsonPointer,
    pub(super) outcome: JsonPointer,
    pub(super) direction: JsonPointer,
    pub(super) conversation: JsonPointer,
    pub(super) abandoned: JsonPointer,
    pub(super) attempts: JsonPointer,
}

impl TwilioRules {
    /// The lines that workflows lead to, for what happens before a queue.
    #[must_use]
    pub const fn workflows(&self) -> &KeyTable<LineIndex> {
        &self.settings.workflows
    }

    /// The rules that these settings make; `None` if the name of an attribute is empty or too deep.
    #[must_use]
    pub fn new(settings: TwilioSettings) -> Option<Self> {
        let mut tree = Branch::default();
        let mut pointer = |path: &str| {
            let escaped = path.replace('~', "~0").replace('/', "~1").replace('.', "/");
            let mut pointer = JsonPointer::parse(&format!("/{escaped}"))?;
            tree.add(&mut pointer);
            Some(pointer)
        };
        let (kind, outcome) = (pointer(&settings.callback_attribute)?, pointer(&settings.outcome_attribute)?);
        let (direction, conversation) = (pointer("direction")?, pointer("conversations.conversation_id")?);
        let (abandoned, attempts) = (pointer("conversations.abandoned")?, pointer("callBackData.attempts")?);
        Some(Self { settings, tree, kind, outcome, direction, conversation, abandoned, attempts })
    }
}
