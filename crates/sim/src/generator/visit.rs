//! A contact's coming to a line, and the pseudonym it has.

use ensilinja_model::EventTime;
use rand::RngExt;
use rand_pcg::Pcg64Mcg;

/// A contact comes to a line. It has no `Debug`, for it holds a contact's id.
#[derive(Clone)]
pub(super) struct Visit {
    /// Its pseudonym.
    pub contact: String,
    /// The line's index in the county.
    pub line: usize,
    /// Which time it comes to this line: 1 is the first.
    pub number: u32,
    /// Whether another line has sent it here; such a contact is not sent on.
    pub transferred: bool,
    /// When it arrives.
    pub at: EventTime,
}

impl Visit {
    /// A contact that nobody knows yet.
    pub(super) fn first(line: usize, at: EventTime, rng: &mut Pcg64Mcg) -> Self {
        Self { contact: pseudonym(rng), line, number: 1, transferred: false, at }
    }

    /// The visit as events name it: the first has no name.
    pub(super) fn name(&self) -> Option<String> {
        (self.number > 1).then(|| self.number.to_string())
    }
}

/// A name that says nothing, in the shape of a random UUID.
fn pseudonym(rng: &mut Pcg64Mcg) -> String {
    let random: u128 = rng.random();
    let version_4 = (random & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{version_4:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
