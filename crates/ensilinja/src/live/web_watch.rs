//! Takes over a web configuration file, and the certificates that it names, when they change.
//!
//! The files are looked at every second, and read only if they have changed and then stayed the same for a second: who
//! renews a certificate writes two files, and an editor may empty a file before it writes it. What cannot be taken over
//! leaves the previous one in force. A change never takes away TLS, or all users: an empty file is a valid one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ensilinja_catalogue::WebFileState;
use ensilinja_config::ServerSettings;
use ensilinja_model::EventTime;
use ensilinja_serve::{CertificateValidity, CurrentProtection, Protection};

use crate::web_file::{FileStamp, FilesRead, WebFileError, load};

/// The web configuration file of a live process, if it has one.
pub(super) struct WebWatch {
    server: ServerSettings,
    current: Arc<CurrentProtection>,
    watched: Mutex<Watched>,
}

struct Watched {
    files: FilesRead,
    /// The stamps when the files were last read.
    read: Vec<FileStamp>,
    /// The stamps when they were last looked at.
    seen: Vec<FileStamp>,
    state: WebFileState,
}

impl WebWatch {
    /// Reads the file of these settings, if they name one.
    ///
    /// # Errors
    /// Why there is no protection as configured.
    pub(super) fn start(server: &ServerSettings) -> Result<Self, WebFileError> {
        let mut files = FilesRead::default();
        let protection = load(server, &mut files)?.map(|loaded| loaded.protection);
        let is_current = protection.is_some().then_some(true);
        let protection = protection.unwrap_or_default();
        let state = WebFileState { is_current, certificate_valid_until: valid_until(&protection) };
        let (read, seen) = (files.stamps(), files.stamps());
        let current = Arc::new(CurrentProtection::new(protection));
        Ok(Self { server: server.clone(), current, watched: Mutex::new(Watched { files, read, seen, state }) })
    }

    /// What is in force.
    pub(super) fn current(&self) -> Arc<CurrentProtection> {
        Arc::clone(&self.current)
    }

    /// The state of the file.
    pub(super) fn state(&self) -> WebFileState {
        self.lock().state
    }

    /// Warns of a certificate that is not valid at `now`: no client will accept it.
    pub(super) fn warn_of_validity(&self, now: EventTime) {
        let Some(CertificateValidity { from, until }) = self.current.get().certificate_validity() else { return };
        if now < from || now >= until {
            let (from, until) = (from.as_seconds_f64(), until.as_seconds_f64());
            let remedy = "renew it: the new one is taken over without a restart";
            tracing::warn!(valid_from = from, valid_until = until, remedy, "certificate of the HTTP server not valid");
        }
    }

    /// Reads the files again if they have changed. It reads files, so call it on a thread that may block.
    pub(super) fn look(&self, now: EventTime) {
        let mut watched = self.lock();
        let stamps = watched.files.stamps_now();
        let is_settled = std::mem::replace(&mut watched.seen, stamps.clone()) == stamps;
        if !is_settled || stamps == watched.read {
            return;
        }
        let mut files = FilesRead::default();
        let changed = self.changed(&mut files);
        watched.read = files.stamps();
        watched.seen = files.stamps();
        watched.files = files;
        watched.state.is_current = Some(changed.is_ok());
        match changed {
            Ok(protection) => {
                watched.state.certificate_valid_until = valid_until(&protection);
                self.current.replace(protection);
                drop(watched);
                tracing::info!("web configuration reloaded");
                self.warn_of_validity(now);
            }
            Err(error) => {
                let remedy = "correct the file; the previous one stays in force";
                tracing::error!(%error, remedy, "web configuration not reloaded");
            }
        }
    }

    /// What the files say now, if that may be taken over.
    fn changed(&self, files: &mut FilesRead) -> Result<Protection, WebFileError> {
        let protection = load(&self.server, files)?.map(|loaded| loaded.protection).unwrap_or_default();
        let file = || self.server.web_config_file.iter().map(|path| path.display().to_string()).collect();
        let before = self.current.get();
        match (before.certificate_validity().is_some(), protection.certificate_validity().is_some()) {
            (true, false) => return Err(WebFileError::LessProtection { file: file(), what: "TLS" }),
            (false, true) => return Err(WebFileError::NewTls { file: file() }),
            _ => {}
        }
        if before.has_users() && !protection.has_users() {
            return Err(WebFileError::LessProtection { file: file(), what: "users" });
        }
        Ok(protection)
    }

    fn lock(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn valid_until(protection: &Protection) -> Option<EventTime> {
    protection.certificate_validity().map(|validity| validity.until)
}
