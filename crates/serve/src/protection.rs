//! What protects the server, and what it lets a client read: TLS, users, and headers of every answer.
//!
//! A [`Protection`] never changes; a [`CurrentProtection`] has the one in force, which may be replaced while the server
//! runs. Each connection takes TLS, and each request takes users and headers, from the one that is in force then.
//!
//! | area | without users | with users |
//! |---|---|---|
//! | probes: `/livez`, `/readyz` | anyone | anyone; the reasons of `/readyz` are for users |
//! | metrics: `/metrics` | anyone | every user |
//! | board: `/`, its files, figures as JSON | anyone | users who read boards |
//! | contacts: `/api/contacts` | anyone | users who list contacts |

use std::sync::{Arc, PoisonError, RwLock};

use ensilinja_catalogue::AccessRefusal;
use hyper::header::{CONTENT_SECURITY_POLICY, HeaderName, HeaderValue};
use hyper::{HeaderMap, StatusCode};

use crate::admission::{Activity, ConnectionSlot};
use crate::reply::Reply;
use crate::tls::{CertificateValidity, TlsError, TlsServer, TlsSettings};
use crate::users::{Credentials, Remembered, Users, WebUser};

/// The header that makes a browser ask for a name and a password.
const SIGN_IN: &[(&str, &str)] = &[("www-authenticate", "Basic realm=\"Ensilinja\", charset=\"UTF-8\"")];

/// What a request wants to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccessArea {
    /// Whether the process lives and is ready.
    Probe,
    /// The metrics.
    Metrics,
    /// The board and its figures.
    Board,
    /// The contacts behind a number.
    Contacts,
}

/// What is to protect the server.
pub struct ProtectionSettings {
    /// TLS; `None` for plain HTTP.
    pub tls: Option<TlsSettings>,
    /// The users; if there are none, no password is asked for.
    pub users: Vec<WebUser>,
    /// Headers of every answer.
    pub headers: Vec<(String, String)>,
}

/// What protects the server. The default is nothing.
#[derive(Default)]
pub struct Protection {
    tls: Option<TlsServer>,
    users: Option<Users>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Protection {
    /// Prepares what these settings say.
    ///
    /// # Errors
    /// Why TLS cannot be served.
    ///
    /// # Panics
    /// If the name or the value of a header has a character that a header cannot hold.
    pub fn new(settings: ProtectionSettings) -> Result<Self, TlsError> {
        let tls = settings.tls.as_ref().map(TlsServer::new).transpose()?;
        let users = Users::new(settings.users).map_err(|why| TlsError::Refused { what: "a random number", why })?;
        let header = |(name, value): (String, String)| {
            let name = HeaderName::try_from(name).expect("the name of a header has its letters");
            (name, HeaderValue::try_from(value).expect("the value of a header is printable"))
        };
        Ok(Self { tls, users, headers: settings.headers.into_iter().map(header).collect() })
    }

    /// When the server's certificates are valid; `None` without TLS.
    #[must_use]
    pub fn certificate_validity(&self) -> Option<CertificateValidity> {
        self.tls.as_ref().map(|tls| tls.validity)
    }

    /// Whether a password is asked for.
    #[must_use]
    pub const fn has_users(&self) -> bool {
        self.users.is_some()
    }

    pub(crate) const fn tls(&self) -> Option<&TlsServer> {
        self.tls.as_ref()
    }

    /// Lets a request read an area, or refuses it. The result says whether the reasons of `/readyz` may be shown.
    pub(crate) async fn admit(
        &self,
        headers: &HeaderMap,
        area: AccessArea,
        slot: &Arc<ConnectionSlot>,
    ) -> Result<bool, AccessRefusal> {
        let Some(users) = &self.users else { return Ok(true) };
        let user = match Credentials::of(headers) {
            None => None,
            Some(credentials) => match users.recall(&credentials) {
                Remembered::User(user) => Some(user),
                Remembered::Refused => None,
                Remembered::Nothing => {
                    // The connection counts as one with a request while it waits for the verdict.
                    let _in_progress = slot.begin(Activity::Page);
                    users.verify(credentials).await
                }
            },
        };
        let may = |user: &WebUser| match area {
            AccessArea::Probe | AccessArea::Metrics => true,
            AccessArea::Board => user.reads_boards,
            AccessArea::Contacts => user.lists_contacts,
        };
        match user {
            None if area == AccessArea::Probe => Ok(false),
            None => Err(AccessRefusal::Unauthorized),
            Some(user) if may(user) => Ok(true),
            Some(_) => Err(AccessRefusal::Forbidden),
        }
    }

    /// Adds the headers to an answer. A policy is added to the answer's own, and browsers apply both; any other header
    /// replaces the one of the same name.
    pub(crate) fn add_headers(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            if name == CONTENT_SECURITY_POLICY {
                headers.append(name, value.clone());
            } else {
                headers.insert(name, value.clone());
            }
        }
    }
}

/// The answer to a request that is refused.
pub(crate) fn refusal_reply(refusal: AccessRefusal) -> Reply {
    if refusal == AccessRefusal::Forbidden {
        let text = "this user may not read this; see server.board_users and server.contacts_users in the \
                    configuration\n";
        return Reply::plain(StatusCode::FORBIDDEN, text.to_owned());
    }
    let text = "a user name and a password are needed here; /livez and /readyz need none\n";
    Reply { extra_headers: SIGN_IN, ..Reply::plain(StatusCode::UNAUTHORIZED, text.to_owned()) }
}

/// The protection that is in force.
#[derive(Default)]
pub struct CurrentProtection(RwLock<Arc<Protection>>);

impl CurrentProtection {
    /// This one, until it is replaced.
    #[must_use]
    pub fn new(protection: Protection) -> Self {
        Self(RwLock::new(Arc::new(protection)))
    }

    /// The one in force.
    #[must_use]
    pub fn get(&self) -> Arc<Protection> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another one in force, for connections and requests that begin from now on.
    pub fn replace(&self, protection: Protection) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(protection);
    }
}
