//! Who asks: basic authentication, with a memory for verdicts.
//!
//! A bcrypt takes a tenth of a second on purpose, and a scrape comes every few seconds. So a password is verified once,
//! and from then on recognised by a keyed digest; the password itself is not kept. A user has one right password, so
//! one digest for each is enough. Some wrong ones are remembered, too, because a program that has the wrong password
//! sends it again and again.
//!
//! One bcrypt runs at a time: a client that guesses passwords takes at most one core, and does not delay a user whose
//! password is known already. An unknown name costs the same bcrypt as a known one, so that the time of an answer does
//! not tell which names exist.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use openssl::error::ErrorStack;
use openssl::sha::Sha256;
use tokio::sync::Semaphore;

use crate::password_hash::PasswordHash;

/// The number of wrong passwords that are remembered.
const REMEMBERED_REFUSALS: usize = 100;

/// A user, and what the user may read beside the metrics.
#[derive(Clone, Debug)]
pub struct WebUser {
    /// The name.
    pub name: String,
    /// The hash of the password.
    pub hash: PasswordHash,
    /// Whether the user may read the board, and figures as JSON.
    pub reads_boards: bool,
    /// Whether the user may list the contacts behind a number.
    pub lists_contacts: bool,
}

/// A name and a password, as a request states them.
pub(crate) struct Credentials {
    name: String,
    password: Vec<u8>,
}

impl Credentials {
    /// Those of a request; `None` if it has none that can be read.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let (scheme, encoded) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = STANDARD.decode(encoded.trim()).ok()?;
        let colon = decoded.iter().position(|byte| *byte == b':')?;
        let name = std::str::from_utf8(&decoded[..colon]).ok()?.to_owned();
        Some(Self { name, password: decoded[colon + 1..].to_vec() })
    }
}

type Digest = [u8; 32];

/// The users of the server. There is at least one.
pub(crate) struct Users {
    all: Vec<KnownUser>,
    /// The key of the digests.
    key: Digest,
    refused: Mutex<VecDeque<Digest>>,
    turn: Arc<Semaphore>,
}

struct KnownUser {
    user: WebUser,
    /// The digest of name and password, once they have been verified.
    verified: Mutex<Option<Digest>>,
}

/// What is remembered of credentials.
pub(crate) enum Remembered<'a> {
    /// They are those of this user.
    User(&'a WebUser),
    /// They are wrong.
    Refused,
    /// They have to be verified.
    Nothing,
}

impl Users {
    /// The users of a list; `None` of an empty one.
    pub fn new(users: Vec<WebUser>) -> Result<Option<Self>, ErrorStack> {
        let mut key = [0; 32];
        openssl::rand::rand_bytes(&mut key)?;
        let all: Vec<_> = users.into_iter().map(|user| KnownUser { user, verified: Mutex::default() }).collect();
        let (refused, turn) = (Mutex::default(), Arc::new(Semaphore::new(1)));
        Ok((!all.is_empty()).then_some(Self { all, key, refused, turn }))
    }

    /// What is remembered of these credentials.
    pub fn recall(&self, credentials: &Credentials) -> Remembered<'_> {
        self.remembered(&credentials.name, &self.digest(credentials))
    }

    /// The user with these credentials; `None` if there is none with this name, or the password is wrong. It may take
    /// a while.
    pub async fn verify(&self, credentials: Credentials) -> Option<&WebUser> {
        let turn = Arc::clone(&self.turn).acquire_owned().await.expect("the turns are never closed");
        // A browser asks for several files at once: the first of these requests has had its turn now.
        let digest = self.digest(&credentials);
        match self.remembered(&credentials.name, &digest) {
            Remembered::User(user) => return Some(user),
            Remembered::Refused => return None,
            Remembered::Nothing => {}
        }
        let known = self.all.iter().find(|known| known.user.name == credentials.name);
        let hash = known.or(self.all.first()).expect("there is a user").user.hash.clone();
        let password = credentials.password;
        // The turn goes along, so that it ends neither before the hash is made nor before the verdict is remembered.
        let verdict = tokio::task::spawn_blocking(move || (hash.is_of(&password), turn)).await;
        let is_right = verdict.as_ref().is_ok_and(|(is_right, _turn)| *is_right);
        if let Some(known) = known.filter(|_| is_right) {
            *lock(&known.verified) = Some(digest);
            Some(&known.user)
        } else {
            let mut refused = lock(&self.refused);
            refused.truncate(REMEMBERED_REFUSALS - 1);
            refused.push_front(digest);
            None
        }
    }

    fn remembered(&self, name: &str, digest: &Digest) -> Remembered<'_> {
        let known = self.all.iter().find(|known| known.user.name == name);
        match known.filter(|known| lock(&known.verified).as_ref() == Some(digest)) {
            Some(known) => Remembered::User(&known.user),
            None if lock(&self.refused).contains(digest) => Remembered::Refused,
            None => Remembered::Nothing,
        }
    }

    /// A digest that says nothing about the password without the key, which exists only in this process.
    fn digest(&self, credentials: &Credentials) -> Digest {
        let mut digest = Sha256::new();
        digest.update(&self.key);
        // A name has no colon, so no other name and password give the same text.
        digest.update(credentials.name.as_bytes());
        digest.update(b":");
        digest.update(&credentials.password);
        digest.finish()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use hyper::header::HeaderValue;

    use super::*;

    /// The password is `U*U`, by a bcrypt of this cost.
    fn user(name: &str) -> WebUser {
        let hash = PasswordHash::parse("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW").unwrap();
        WebUser { name: name.to_owned(), hash, reads_boards: true, lists_contacts: false }
    }

    fn credentials(name: &str, password: &str) -> Credentials {
        Credentials { name: name.to_owned(), password: password.as_bytes().to_vec() }
    }

    /// The verdict that is remembered, if one is.
    fn recalled(users: &Users, name: &str, password: &str) -> Option<bool> {
        match users.recall(&credentials(name, password)) {
            Remembered::User(user) => Some(user.name == name),
            Remembered::Refused => Some(false),
            Remembered::Nothing => None,
        }
    }

    fn read(header: &str) -> Option<(String, Vec<u8>)> {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_str(header).unwrap())]);
        Credentials::of(&headers).map(|read| (read.name, read.password))
    }

    #[test]
    fn credentials_are_read_as_rfc_7617_writes_them() {
        assert_eq!(read("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), Some(("Aladdin".to_owned(), b"open sesame".to_vec())));
        assert_eq!(read("basic OjphOmI="), Some((String::new(), b":a:b".to_vec())), "only the first colon separates");
        for header in ["Bearer QWxhZGRpbg==", "Basic", "Basic QWxhZGRpbg==", "Basic !", "Basic //86YQ=="] {
            assert_eq!(read(header), None, "{header}");
        }
        assert!(Credentials::of(&HeaderMap::new()).is_none());
    }

    #[tokio::test]
    async fn verdicts_are_remembered_for_exactly_the_same_credentials() {
        let users = Users::new(vec![user("alice"), user("bob")]).unwrap().unwrap();
        for (name, password, is_right) in [("alice", "U*U", true), ("alice", "wrong", false), ("mallory", "U*U", false)]
        {
            assert_eq!(recalled(&users, name, password), None, "{name} {password}");
            assert_eq!(users.verify(credentials(name, password)).await.is_some(), is_right, "{name} {password}");
            assert_eq!(recalled(&users, name, password), Some(is_right), "{name} {password}");
        }
        assert_eq!(recalled(&users, "bob", "U*U"), None, "another user with the same password");
        for number in 0..REMEMBERED_REFUSALS {
            users.verify(credentials("alice", &number.to_string())).await;
        }
        assert_eq!(recalled(&users, "alice", "wrong"), None, "old refusals are forgotten");
        assert_eq!(recalled(&users, "alice", "U*U"), Some(true), "and what is right is not");
        assert_eq!(lock(&users.refused).len(), REMEMBERED_REFUSALS);
    }

    #[tokio::test]
    async fn an_unknown_name_takes_as_long_as_a_wrong_password() {
        let mut slow = user("alice");
        slow.hash = PasswordHash::parse("$2a$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW").unwrap();
        let users = Users::new(vec![slow]).unwrap().unwrap();
        let mut shortest = [f64::MAX; 2];
        for round in 0..3 {
            for (place, name) in ["alice", "mallory"].into_iter().enumerate() {
                let since = Instant::now();
                assert!(users.verify(credentials(name, &format!("wrong {round}"))).await.is_none());
                shortest[place] = shortest[place].min(since.elapsed().as_secs_f64());
            }
        }
        assert!(shortest[1] > shortest[0] / 2.0, "{shortest:?}");
    }

    #[test]
    fn without_a_user_no_password_is_asked_for() {
        assert!(Users::new(Vec::new()).unwrap().is_none());
    }
}
