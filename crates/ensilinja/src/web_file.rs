//! The web configuration file of this machine, with the certificates that it names, made into what protects the server.
//!
//! ```text
//! web.yml --> WebConfig --+
//! cert, key, client CA ---+--> Protection
//! server.board_users ... -+
//! ```

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use ensilinja_config::{
    BasicAuthUser, ClientAuthType, ConfigError, ServerSettings, TextSource, TlsServerConfig, WebConfig, parse_web,
    web_has_tls,
};
use ensilinja_serve::{
    ClientCertificates, PasswordHash, Protection, ProtectionSettings, TlsError, TlsSettings, WebUser,
};

use crate::named_file::{self, NamedFileError};

/// Why there is no protection as configured. No text in it holds a key, a hash or a password.
#[derive(Debug, thiserror::Error)]
pub enum WebFileError {
    /// The text of the file is refused.
    #[error(transparent)]
    Text(#[from] ConfigError),
    /// The file cannot be read.
    #[error(
        "the web configuration file {file} cannot be read: {why}; see --web.config.file and server.web_config_file"
    )]
    Unreadable {
        /// The file.
        file: String,
        /// Why, as the operating system says.
        why: io::Error,
    },
    /// A file that it names cannot be read.
    #[error(transparent)]
    NamedFile(#[from] NamedFileError),
    /// TLS cannot be served by it.
    #[error("{file}: {why}")]
    Tls {
        /// The web configuration file.
        file: String,
        /// Why.
        why: TlsError,
    },
    /// A hash has the form of one and is none.
    #[error("{file}: basic_auth_users.{user} is no bcrypt hash; make it again: htpasswd -nBC 10 {user}")]
    Hash {
        /// The web configuration file.
        file: String,
        /// The user.
        user: String,
    },
    /// A right is given to a user that the file does not have.
    #[error(
        "{key} names {user}, who is not among basic_auth_users of {file}; add the user there, or leave out the name here"
    )]
    UnknownUser {
        /// The key of the configuration.
        key: &'static str,
        /// The user.
        user: String,
        /// The web configuration file.
        file: String,
    },
    /// Rights are given to users, and there are none.
    #[error(
        "{key} lists users, and no web configuration file has any; name one with --web.config.file or \
         server.web_config_file, with basic_auth_users in it"
    )]
    NoUsers {
        /// The key of the configuration.
        key: &'static str,
    },
    /// A file that is read again would take away protection.
    #[error(
        "{file}: it would take away {what} from a server that runs with {what}, as a file that is only half written does; \
         restart the process if it is meant"
    )]
    LessProtection {
        /// The web configuration file.
        file: String,
        /// TLS, or users.
        what: &'static str,
    },
    /// A file that is read again would switch TLS on.
    #[error("{file}: it switches TLS on, for which the process has to be restarted")]
    NewTls {
        /// The web configuration file.
        file: String,
    },
}

/// A file as it was when it was read: another stamp means that it may have other content. `None` if it is not there.
pub type FileStamp = Option<(u64, u64, u64, [i64; 4])>;

/// The stamp of a file now.
#[must_use]
pub fn stamp(path: &Path) -> FileStamp {
    let known = fs::metadata(path).ok()?;
    let times = [known.mtime(), known.mtime_nsec(), known.ctime(), known.ctime_nsec()];
    Some((known.dev(), known.ino(), known.len(), times))
}

/// The files that were read, each with its stamp from before.
#[derive(Clone, Debug, Default)]
pub struct FilesRead(Vec<(PathBuf, FileStamp)>);

impl FilesRead {
    /// The stamps when they were read.
    #[must_use]
    pub fn stamps(&self) -> Vec<FileStamp> {
        self.0.iter().map(|(_, stamp)| *stamp).collect()
    }

    /// The stamps now.
    #[must_use]
    pub fn stamps_now(&self) -> Vec<FileStamp> {
        self.0.iter().map(|(path, _)| stamp(path)).collect()
    }

    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.push((path.to_owned(), stamp(path)));
        named_file::content(path)
    }
}

/// A web configuration file that has been read, with what it says.
pub struct LoadedWebFile {
    /// What protects the server.
    pub protection: Protection,
    /// What the file says.
    pub config: WebConfig,
    /// The file of the private key, if it is not in the web configuration file.
    pub key_file: Option<PathBuf>,
}

/// Reads the web configuration file of these settings, if they name one. `files` gets all files that were tried, also
/// if it fails.
///
/// # Errors
/// Why there is no protection as configured.
pub fn load(server: &ServerSettings, files: &mut FilesRead) -> Result<Option<LoadedWebFile>, WebFileError> {
    let rights = [("server.board_users", &server.board_users), ("server.contacts_users", &server.contacts_users)];
    let given = rights.iter().find(|(_, users)| users.is_some()).map(|(key, _)| *key);
    let Some(path) = &server.web_config_file else {
        return given.map_or(Ok(None), |key| Err(WebFileError::NoUsers { key }));
    };
    let (file, config) = (path.display().to_string(), says(path, files)?);
    if let Some(key) = given.filter(|_| config.users.is_empty()) {
        return Err(WebFileError::NoUsers { key });
    }
    for (key, users) in rights {
        let is_unknown = |user: &&String| config.users.iter().all(|known| known.name != **user);
        if let Some(user) = users.iter().flatten().find(is_unknown) {
            return Err(WebFileError::UnknownUser { key, user: user.clone(), file });
        }
    }
    let tls = config.tls.as_ref().map(|tls| tls_settings(tls, path, files)).transpose()?;
    let users = config.users.iter().map(|user| web_user(user, server, &file)).collect::<Result<_, _>>()?;
    let headers = config.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let protection = Protection::new(ProtectionSettings { tls, users, headers });
    let protection = protection.map_err(|why| WebFileError::Tls { file, why })?;
    let key_file = config.tls.as_ref().and_then(|tls| match &tls.key {
        TextSource::File(name) => path.parent().map(|folder| folder.join(name)),
        TextSource::Inline(_) => None,
    });
    Ok(Some(LoadedWebFile { protection, config, key_file }))
}

/// What a web configuration file says.
fn says(path: &Path, files: &mut FilesRead) -> Result<WebConfig, WebFileError> {
    let file = path.display().to_string();
    match files.read(path).and_then(named_file::text) {
        Ok(text) => Ok(parse_web(&file, &text)?),
        Err(why) => Err(WebFileError::Unreadable { file, why }),
    }
}

/// Whether this web configuration file has TLS, whatever is wrong with the rest of it. One that cannot be read is taken
/// for one with TLS, which most have.
#[must_use]
pub fn has_tls(path: &Path) -> bool {
    let text = named_file::content(path).and_then(named_file::text).ok();
    text.and_then(|text| web_has_tls(&text)).unwrap_or(true)
}

fn tls_settings(tls: &TlsServerConfig, file: &Path, files: &mut FilesRead) -> Result<TlsSettings, WebFileError> {
    let mut pem = |key: &'static str, source: &TextSource| {
        named_file::resolved(file, key, source, |path| files.read(path)).map_err(WebFileError::from)
    };
    Ok(TlsSettings {
        certificates: pem("tls_server_config.cert_file", &tls.certificate)?,
        key: pem("tls_server_config.key_file", &tls.key)?,
        client_authorities: tls
            .client_ca
            .as_ref()
            .map(|source| pem("tls_server_config.client_ca_file", source))
            .transpose()?,
        client_certificates: match tls.client_auth {
            ClientAuthType::NoClientCert => ClientCertificates::Unasked,
            ClientAuthType::RequestClientCert => ClientCertificates::Optional { verified: false },
            ClientAuthType::VerifyClientCertIfGiven => ClientCertificates::Optional { verified: true },
            ClientAuthType::RequireAnyClientCert => ClientCertificates::Required { verified: false },
            ClientAuthType::RequireAndVerifyClientCert => ClientCertificates::Required { verified: true },
        },
        client_names: tls.client_allowed_sans.clone(),
        allows_tls12: tls.allows_tls12,
        allows_tls13: tls.allows_tls13,
        ciphers: tls.ciphers.iter().map(|name| (*name).to_owned()).collect(),
        prefers_own_ciphers: tls.prefers_own_ciphers,
        curves: tls.curves.iter().map(|name| (*name).to_owned()).collect(),
    })
}

/// A user, with the rights that the configuration gives: without a list, all users read boards, and all who read boards
/// list contacts.
fn web_user(user: &BasicAuthUser, server: &ServerSettings, file: &str) -> Result<WebUser, WebFileError> {
    let BasicAuthUser { name, hash } = user;
    let is_listed = |users: &Option<Vec<String>>| users.as_ref().is_none_or(|users| users.contains(name));
    let hash = PasswordHash::parse(hash.as_str());
    let hash = hash.ok_or_else(|| WebFileError::Hash { file: file.to_owned(), user: name.clone() })?;
    let reads_boards = is_listed(&server.board_users);
    Ok(WebUser {
        name: name.clone(),
        hash,
        reads_boards,
        lists_contacts: reads_boards && is_listed(&server.contacts_users),
    })
}
