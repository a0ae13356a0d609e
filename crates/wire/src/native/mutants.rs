//! Records with something changed, from a seed: the same on every machine, a million in seconds.

/// Values to put into the place of others.
const VALUES: [&str; 16] = [
    "null",
    "\"\"",
    "0",
    "-1",
    "1.5e300",
    "true",
    "[]",
    "{}",
    "[{}]",
    "\"0\"",
    "\"1970-01-01T00:00:00Z\"",
    "\"9999-12-31T23:59:59Z\"",
    "\"%zz%3A\"",
    "\"\\ud83d\\ude00\"",
    "99999999999999999999",
    "\"{\\\"a\\\":[1]}\"",
];

/// Bytes that mean something in one of the formats.
const BYTES: &[u8] = b"{}[]\",:|\\0129 \n.-%=&";

/// Makes mutants of records.
pub(super) struct Mutants<'r> {
    records: &'r [String],
    state: u64,
}

/// A record with something changed.
pub(super) struct Mutant {
    /// The place of the record that it was.
    pub of: usize,
    pub value: Vec<u8>,
    /// Only a byte or a value was changed, at one place, and no line became two.
    pub is_slight: bool,
}

impl<'r> Mutants<'r> {
    pub(super) fn of(records: &'r [String]) -> Self {
        Self { records, state: 1 }
    }

    /// A number below a bound, by `SplitMix64`.
    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ mixed >> 31) >> 1).unwrap() % bound
    }

    pub(super) fn next(&mut self) -> Mutant {
        let of = self.below(self.records.len());
        let mut value = self.records[of].as_bytes().to_vec();
        let is_slight = self.below(2) == 0;
        let changes = if is_slight { 1 } else { 1 + self.below(4) };
        for _ in 0..changes {
            if is_slight { self.change_a_little(&mut value) } else { self.change(&mut value) }
        }
        let lines = |value: &[u8]| value.split(|byte| *byte == b'\n').count();
        let is_slight = is_slight && lines(&value) <= lines(self.records[of].as_bytes());
        Mutant { of, value, is_slight }
    }

    fn change_a_little(&mut self, value: &mut Vec<u8>) {
        let at = self.below(value.len().max(1));
        let byte = if self.below(2) == 0 { BYTES[self.below(BYTES.len())] } else { self.below(256).to_le_bytes()[0] };
        match self.below(4) {
            0 => value.insert(at, byte),
            1 if at < value.len() => value[at] = byte,
            2 if at < value.len() => drop(value.remove(at)),
            _ => self.change_a_value(value),
        }
    }

    /// Puts another value into a member.
    fn change_a_value(&mut self, value: &mut Vec<u8>) {
        let Ok(text) = std::str::from_utf8(value) else { return };
        let starts: Vec<usize> = text.match_indices("\":").map(|(place, _)| place + 2).collect();
        if starts.is_empty() {
            return;
        }
        let start = starts[self.below(starts.len())];
        let mut old = serde_json::Deserializer::from_str(&text[start..]).into_iter::<serde::de::IgnoredAny>();
        let length = old.next().and_then(Result::ok).map_or(0, |_| old.byte_offset());
        drop(value.splice(start..start + length, VALUES[self.below(VALUES.len())].bytes()));
    }

    /// Changes a little, cuts, copies, or mixes with another record.
    fn change(&mut self, value: &mut Vec<u8>) {
        let (one, other) = (self.below(value.len() + 1), self.below(value.len() + 1));
        let range = one.min(other)..one.max(other);
        let to = self.below(value.len() + 1);
        match self.below(6) {
            0 => drop(value.drain(range)),
            1 => value.truncate(one),
            2 => {
                let copy = value[range].to_vec();
                drop(value.splice(to..to, copy));
            }
            3 => {
                let mixed = self.records[self.below(self.records.len())].as_bytes();
                let from = self.below(mixed.len() + 1);
                value.truncate(one);
                value.extend_from_slice(&mixed[from..]);
            }
            _ => self.change_a_little(value),
        }
    }
}
