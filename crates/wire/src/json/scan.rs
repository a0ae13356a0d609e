//! Reads an ordinary JSON object in one pass: the fast path of [`json::read`](super::read).
//!
//! ```text
//! {"type":"t", "subject":"c-1", "data":{"line":"mipa","answer":7}}    read here
//! {"type":"t\u002e"}   {"x":[1]}   {"x":-1.5}   {"x":1,}   [1]        not read here: `None`
//! ```
//!
//! Invariant: what is read here is valid, and serde would read the same fields. At the first doubt (an escape, a nested
//! value in an unknown member, a number other than a short whole one, a member that occurs twice, any fault) the result
//! is `None`, and serde reads the text from the beginning. So this reader needs no errors and no depth limit.

use std::borrow::Cow;

use super::field::Field;
use super::members::{MemberTarget, Members, Shape};

/// The most digits of a number that is read here: all whole numbers so long fit a double exactly.
const MAX_DIGITS: usize = 15;

/// Reads the one object in `text` into `fields`, which must be empty. After `None` they are partly filled.
pub(crate) fn read<'a, M: Members<'a>>(text: &'a str, fields: &mut M) -> Option<()> {
    let mut scanner = Scanner { text, at: 0 };
    if scanner.token()? != b'{' {
        return None;
    }
    scanner.members(fields)?;
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
            let name = self.string()?;
            if self.token()? != b':' {
                return None;
            }
            let first = self.token()?;
            match fields.target(name) {
                None => self.skip(first)?,
                Some(MemberTarget::Presence(is_there)) => {
                    *is_there = true;
                    self.skip(first)?;
                }
                Some(MemberTarget::Field(field @ Field::Absent)) => self.fill(field, first)?,
                Some(MemberTarget::Object(shape @ None, fields)) => *shape = Some(self.nested(first, fields)?),
                Some(MemberTarget::Field(_) | MemberTarget::Object(..)) => return None,
            }
            match self.token()? {
                b',' => token = self.token()?,
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// Reads a value into `fields` if it is an object. Returns the shape of any value.
    fn nested(&mut self, first: u8, fields: &mut dyn Members<'a>) -> Option<Shape> {
        if first == b'{' {
            return self.members(fields).map(|()| Shape::Object);
        }
        let mut value = Field::Absent;
        self.fill(&mut value, first)?;
        Some(if matches!(value, Field::Null) { Shape::Null } else { Shape::Other })
    }

    /// Reads a value that is neither an object nor an array into a field. Its first byte has been read.
    ///
    /// The field is filled in place: the processor stalls if a value is moved right after its parts were written.
    #[inline]
    fn fill(&mut self, field: &mut Field<'a>, first: u8) -> Option<()> {
        *field = match first {
            b'"' => Field::Text(Cow::Borrowed(self.string()?)),
            b'0'..=b'9' => Field::Number(self.number(first)?),
            b't' => self.word("rue", Field::Other)?,
            b'f' => self.word("alse", Field::Other)?,
            b'n' => self.word("ull", Field::Null)?,
            _ => return None,
        };
        Some(())
    }

    fn skip(&mut self, first: u8) -> Option<()> {
        self.fill(&mut Field::Absent, first)
    }

    fn word(&mut self, rest: &str, field: Field<'a>) -> Option<Field<'a>> {
        let end = self.at + rest.len();
        let is_there = self.text.as_bytes().get(self.at..end)? == rest.as_bytes();
        self.at = end;
        is_there.then_some(field)
    }

    /// Reads a whole number that has no sign and no leading zero. The caller reads what follows it, and gives up at
    /// `1.5` and `1e9`.
    fn number(&mut self, first: u8) -> Option<f64> {
        let start = self.at - 1;
        let digits = self.text.as_bytes()[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits > MAX_DIGITS || (first == b'0' && digits > 1) {
            return None;
        }
        self.at = start + digits;
        self.text[start..self.at].parse().ok()
    }

    /// Reads a string without escapes and its closing quote. The opening quote has been read.
    #[inline]
    fn string(&mut self) -> Option<&'a str> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start;
        loop {
            let Some(word) = bytes.get(end..).and_then(<[u8]>::first_chunk) else {
                end += bytes.get(end..)?.iter().position(|byte| is_special(*byte))?;
                break;
            };
            let specials = specials(u64::from_le_bytes(*word));
            if specials != 0 {
                end += specials.trailing_zeros() as usize / 8;
                break;
            }
            // A constant, so that the next word can be read before this one has been judged.
            end += size_of::<u64>();
        }
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
