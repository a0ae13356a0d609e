//! Reads an ordinary JSON object in one pass: the fast path of [`json::read`](super::read).
//!
//! ```text
//! {"type":"t", "subject":"c\n", "data":{"line":"mipa","answer":7}, "x":[-1.5]}    read here
//! {"t\u0079pe":"t"}   {"answer":-1.5}   {"x":1,}   [1]                            not read here: `None`
//! ```
//!
//! Invariant: what is read here is valid, and serde would read the same fields. At a doubt (an escape in a name, a
//! number in a field other than a short whole one, a member that occurs twice, deep nesting, any fault) the result is
//! `None`, and serde reads the text from the beginning. So this reader needs no errors.

use std::borrow::Cow;

use super::field::Field;
use super::members::{MemberTarget, Members, Shape};

/// The most digits of a number that is read here: all whole numbers so long fit a double exactly.
const MAX_DIGITS: usize = 15;

/// Room for most texts with escapes, in bytes.
const USUAL_TEXT: usize = 128;

/// The most levels of objects and arrays that are skipped here, inside a few levels of known members.
const MAX_SKIPPED_DEPTH: u8 = 32;

/// Reads the one object in `text` into `fields`, which must be empty. After `None` they are partly filled.
pub(crate) fn read<'a, M: Members<'a>>(text: &'a str, fields: &mut M) -> Option<()> {
    let mut scanner = Scanner { text, at: 0 };
    if scanner.token()? != b'{' {
        return None;
    }
    scanner.members(fields)?;
    scanner.token().is_none().then_some(())
}

/// Does the same with an object that may be alone in an array, as webhooks send it.
pub(crate) fn read_single<'a, M: Members<'a>>(text: &'a str, fields: &mut M) -> Option<()> {
    let mut scanner = Scanner { text, at: 0 };
    let first = scanner.token()?;
    let is_in_array = first == b'[';
    if (if is_in_array { scanner.token()? } else { first }) != b'{' {
        return None;
    }
    scanner.members(fields)?;
    if is_in_array && scanner.token()? != b']' {
        return None;
    }
    scanner.token().is_none().then_some(())
}

struct Scanner<'a> {
    text: &'a str,
    /// The position of the next byte.
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Reads the members of an object and its closing brace. The opening brace has been read.
    #[inline]
    fn members<M: Members<'a> + ?Sized>(&mut self, fields: &mut M) -> Option<()> {
        let mut token = self.token()?;
        if token == b'}' {
            return Some(());
        }
        loop {
            if token != b'"' {
                return None;
            }
            let name = self.plain_string()?;
            if self.token()? != b':' {
                return None;
            }
            let first = self.token()?;
            match fields.target(name) {
                None => self.skip(first, MAX_SKIPPED_DEPTH)?,
                Some(MemberTarget::Field(field @ Field::Absent)) => self.fill(field, first)?,
                Some(target) => self.place(target, first)?,
            }
            match self.token()? {
                b',' => token = self.token()?,
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// Reads a value into its target. Its first byte has been read.
    fn place(&mut self, target: MemberTarget<'_, 'a>, first: u8) -> Option<()> {
        match target {
            MemberTarget::Presence(is_there) => {
                *is_there = true;
                self.skip(first, MAX_SKIPPED_DEPTH)
            }
            MemberTarget::First(field @ Field::Absent) if first == b'[' => self.fill_with_first_item(field),
            MemberTarget::Field(field @ Field::Absent) | MemberTarget::First(field @ Field::Absent) => {
                self.fill(field, first)
            }
            MemberTarget::First(_) => self.skip(first, MAX_SKIPPED_DEPTH),
            MemberTarget::Object(shape @ None, fields) => {
                *shape = Some(self.nested(first, fields)?);
                Some(())
            }
            MemberTarget::Field(_) | MemberTarget::Object(..) => None,
        }
    }

    /// Reads a value into `fields` if it is an object or an array. Returns the shape of any value.
    fn nested(&mut self, first: u8, fields: &mut dyn Members<'a>) -> Option<Shape> {
        match first {
            b'{' => self.members(fields).map(|()| Shape::Object),
            b'[' => {
                self.items(|scanner, number, first| match fields.item(number) {
                    Some(target) => scanner.place(target, first),
                    None => scanner.skip(first, MAX_SKIPPED_DEPTH),
                })?;
                Some(Shape::Other)
            }
            b'n' => self.word("ull", Shape::Null),
            // It is read as a field, since serde judges its number or text as well.
            _ => self.fill(&mut Field::Absent, first).map(|()| Shape::Other),
        }
    }

    /// Reads the items of an array and its closing bracket. The opening bracket has been read.
    fn items(&mut self, mut read: impl FnMut(&mut Self, usize, u8) -> Option<()>) -> Option<()> {
        let mut token = self.token()?;
        if token == b']' {
            return Some(());
        }
        for number in 0.. {
            read(self, number, token)?;
            match self.token()? {
                b',' => token = self.token()?,
                b']' => break,
                _ => return None,
            }
        }
        Some(())
    }

    fn fill_with_first_item(&mut self, field: &mut Field<'a>) -> Option<()> {
        *field = Field::Other;
        self.items(|scanner, number, first| match number {
            0 => scanner.fill(field, first),
            _ => scanner.skip(first, MAX_SKIPPED_DEPTH),
        })
    }

    /// Reads a value into a field. Its first byte has been read.
    ///
    /// The field is filled in place: the processor stalls if a value is moved right after its parts were written.
    #[inline]
    fn fill(&mut self, field: &mut Field<'a>, first: u8) -> Option<()> {
        *field = match first {
            b'"' => Field::Text(self.text()?),
            b'0'..=b'9' => Field::Number(self.number(first)?),
            b't' => self.word("rue", Field::Bool(true))?,
            b'f' => self.word("alse", Field::Bool(false))?,
            b'n' => self.word("ull", Field::Null)?,
            b'{' | b'[' => {
                self.skip(first, MAX_SKIPPED_DEPTH)?;
                Field::Other
            }
            _ => return None,
        };
        Some(())
    }

    /// Reads any value, of at most this depth, and forgets it. Its first byte has been read.
    fn skip(&mut self, first: u8, depth: u8) -> Option<()> {
        match first {
            b'"' => self.string().map(drop),
            b'0'..=b'9' | b'-' => self.skip_number(),
            b't' => self.word("rue", ()),
            b'f' => self.word("alse", ()),
            b'n' => self.word("ull", ()),
            b'{' => self.skip_members(depth.checked_sub(1)?),
            b'[' => {
                let depth = depth.checked_sub(1)?;
                self.items(|scanner, _, first| scanner.skip(first, depth))
            }
            _ => None,
        }
    }

    fn skip_members(&mut self, depth: u8) -> Option<()> {
        let mut token = self.token()?;
        if token == b'}' {
            return Some(());
        }
        loop {
            if token != b'"' {
                return None;
            }
            self.plain_string()?;
            if self.token()? != b':' {
                return None;
            }
            let first = self.token()?;
            self.skip(first, depth)?;
            match self.token()? {
                b',' => token = self.token()?,
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    fn word<T>(&mut self, rest: &str, value: T) -> Option<T> {
        let end = self.at + rest.len();
        let is_there = self.text.as_bytes().get(self.at..end)? == rest.as_bytes();
        self.at = end;
        is_there.then_some(value)
    }

    /// Reads a whole number that has no sign and no leading zero. The caller reads what follows it, and gives up at
    /// `1.5` and `1e9`.
    #[expect(clippy::cast_precision_loss, reason = "a double has all whole numbers of so few digits")]
    fn number(&mut self, first: u8) -> Option<f64> {
        let start = self.at;
        let mut number = u64::from(first - b'0');
        while let Some(digit) = self.byte().filter(u8::is_ascii_digit) {
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        let more_digits = self.at - start;
        let is_short = if first == b'0' { more_digits == 0 } else { more_digits < MAX_DIGITS };
        is_short.then_some(number as f64)
    }

    /// Reads a number of any form, from its first byte, which has been read.
    fn skip_number(&mut self) -> Option<()> {
        self.at -= 1;
        self.at += usize::from(self.byte() == Some(b'-'));
        if self.byte()? == b'0' {
            self.at += 1;
        } else {
            self.skip_digits()?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.skip_digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.skip_digits()?;
        }
        Some(())
    }

    /// Skips digits, of which there must be one.
    fn skip_digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    /// The next byte, which is not read.
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Reads a string and its closing quote, as it is meant. The opening quote has been read.
    #[inline]
    fn text(&mut self) -> Option<Cow<'a, str>> {
        let start = self.at;
        match self.plain_string() {
            Some(text) => Some(Cow::Borrowed(text)),
            None => self.text_with_escapes(start).map(Cow::Owned),
        }
    }

    /// Reads a string from its start, as it is meant.
    #[cold]
    fn text_with_escapes(&mut self, start: usize) -> Option<String> {
        let bytes = self.text.as_bytes();
        let mut text = String::with_capacity(USUAL_TEXT);
        self.at = start;
        loop {
            let end = next_special(bytes, self.at)?;
            text.push_str(self.text.get(self.at..end)?);
            self.at = end + 2;
            text.push(match (bytes[end], bytes.get(end + 1)) {
                (b'"', _) => {
                    self.at = end + 1;
                    return Some(text);
                }
                (b'\\', Some(b'b')) => '\u{8}',
                (b'\\', Some(b'f')) => '\u{c}',
                (b'\\', Some(b'n')) => '\n',
                (b'\\', Some(b'r')) => '\r',
                (b'\\', Some(b't')) => '\t',
                (b'\\', Some(quoted @ (b'"' | b'\\' | b'/'))) => char::from(*quoted),
                (b'\\', Some(b'u')) => return self.text_with_codes(start),
                _ => return None,
            });
        }
    }

    /// Does the same if there are characters as `\u` and a code.
    fn text_with_codes(&mut self, start: usize) -> Option<String> {
        self.at = start;
        self.string()?;
        serde_json::from_str(&self.text[start - 1..self.at]).ok()
    }

    /// Reads a string and its closing quote, as it is written. The opening quote has been read.
    #[inline]
    fn string(&mut self) -> Option<&'a str> {
        let start = self.at;
        loop {
            if self.plain_string().is_some() {
                return self.text.get(start..self.at - 1);
            }
            // What stopped is an escape, or a fault. `at` is behind its first byte.
            if self.at <= start || self.text.as_bytes().get(self.at - 1) != Some(&b'\\') {
                return None;
            }
            self.skip_escape()?;
        }
    }

    /// Reads what follows a backslash.
    fn skip_escape(&mut self) -> Option<()> {
        let kind = self.byte()?;
        let length = match kind {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 1,
            b'u' => 5,
            _ => return None,
        };
        let rest = self.text.as_bytes().get(self.at + 1..self.at + length)?;
        self.at += length;
        rest.iter().all(u8::is_ascii_hexdigit).then_some(())
    }

    /// Reads a string without escapes and its closing quote. The opening quote has been read. If it has an escape or is
    /// not valid, `at` is behind the byte that says so, or where it was if the text ends before.
    #[inline]
    fn plain_string(&mut self) -> Option<&'a str> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let end = next_special(bytes, start)?;
        self.at = end + 1;
        if bytes[end] == b'"' { self.text.get(start..end) } else { None }
    }

    /// Reads the next byte that is not white space.
    #[inline]
    fn token(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            self.at += 1;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
        }
    }
}

/// The position, from `at` on, of the first byte with which a string cannot simply go on.
#[inline]
pub(super) fn next_special(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk) else {
            return Some(at + bytes.get(at..)?.iter().position(|byte| is_special(*byte))?);
        };
        let specials = specials(u64::from_le_bytes(*word));
        if specials != 0 {
            return Some(at + specials.trailing_zeros() as usize / 8);
        }
        // A constant, so that the next word can be read before this one has been judged.
        at += size_of::<u64>();
    }
}

/// Whether a string cannot simply go on with this byte: it ends, has an escape, or is not valid JSON.
fn is_special(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

/// The special bytes of eight, each marked by its highest bit. A mark is certain only if no lower byte is marked.
///
/// A byte is less than `n` if subtracting `n` sets its highest bit, and the bit was not set before. A byte is equal to
/// another if their difference is less than one.
#[inline]
fn specials(eight: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHEST_BITS: u64 = ONES << 7;
    let less_than = |bytes: u64, n: u8| bytes.wrapping_sub(ONES * u64::from(n)) & !bytes & HIGHEST_BITS;
    let equal_to = |byte: u8| less_than(eight ^ (ONES * u64::from(byte)), 1);
    less_than(eight, b' ') | equal_to(b'"') | equal_to(b'\\')
}
