//! The HTTP client configuration file of this machine, with the certificates and passwords that it names, made into
//! clients of live processes.
//!
//! ```text
//! http.yml --> HttpClientConfig --+
//! passwords, certificates, key ---+--> ProcessAccess --> a client for an address
//! certificate store of the machine
//! ```

use std::env;
use std::io;
use std::path::{Path, PathBuf};

use ensilinja_config::{
    ConfigError, HttpClientConfig, HttpCredentials, TextSource, TlsClientConfig, parse_http_client,
};
use ensilinja_serve::{Authorization, ProcessAddress, ProcessClient, TlsClientSettings, TlsError, TrustedAuthorities};

use crate::named_file::{self, NamedFileError};

/// Where distributions keep the certificates of authorities: Debian, Red Hat, SUSE, Alpine. OpenSSL is built in and
/// does not know.
const CERTIFICATE_FILES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// As in OpenSSL and Go.
const CERTIFICATE_FILE_VARIABLE: &str = "SSL_CERT_FILE";
const CERTIFICATE_FOLDER_VARIABLE: &str = "SSL_CERT_DIR";

/// Why a process cannot be asked as configured. No text in it holds a key, a password or a token.
#[derive(Debug, thiserror::Error)]
pub enum HttpFileError {
    /// The text of the file is refused.
    #[error(transparent)]
    Text(#[from] ConfigError),
    /// The file cannot be read.
    #[error("the HTTP client configuration file {file} cannot be read: {why}; see --http.config.file")]
    Unreadable {
        /// The file.
        file: String,
        /// Why, as the operating system says.
        why: io::Error,
    },
    /// A file that it names cannot be read.
    #[error(transparent)]
    NamedFile(#[from] NamedFileError),
    /// A user, a password or a token cannot be sent.
    #[error("{file}: {key} {fault} (value not shown)")]
    Credentials {
        /// The HTTP client configuration file.
        file: String,
        /// The key.
        key: &'static str,
        /// What is wrong.
        fault: &'static str,
    },
    /// TLS cannot be spoken by the file.
    #[error("{file}: {why}")]
    Tls {
        /// The HTTP client configuration file, or what else counts.
        file: String,
        /// Why.
        why: TlsError,
    },
    /// A variable names a certificate store that is not there.
    #[error("{variable} names {path}, which is not there: correct it, or unset it")]
    Store {
        /// The variable.
        variable: &'static str,
        /// Its value.
        path: String,
    },
}

/// How live processes are asked.
pub struct ProcessAccess {
    /// The HTTP client configuration file, if there is one.
    file: Option<PathBuf>,
    tls: TlsClientSettings,
    authorization: Option<Authorization>,
}

impl ProcessAccess {
    /// Reads an HTTP client configuration file and the files that it names. Without one, no user is sent, and the
    /// certificate of a server is verified by the store of the machine.
    ///
    /// # Errors
    /// Why processes cannot be asked as configured.
    pub fn load(file: Option<&Path>) -> Result<Self, HttpFileError> {
        let Some(path) = file else {
            let (config, path) = (HttpClientConfig::default(), Path::new(""));
            return Ok(Self { file: None, tls: tls(&config.tls, path)?, authorization: None });
        };
        let file = path.display().to_string();
        let text = named_file::content(path).and_then(named_file::text);
        let text = text.map_err(|why| HttpFileError::Unreadable { file: file.clone(), why })?;
        let config = parse_http_client(&file, &text)?;
        let authorization = config.credentials.as_ref().map(|it| authorization(it, path)).transpose()?;
        Ok(Self { file: Some(path.to_owned()), tls: tls(&config.tls, path)?, authorization })
    }

    /// A client of the process at an address.
    ///
    /// # Errors
    /// If TLS cannot be spoken as configured.
    pub fn client(&self, address: &ProcessAddress) -> Result<ProcessClient, HttpFileError> {
        self.client_with(address, &self.tls)
    }

    /// The same without a user: probes are answered without one.
    #[must_use]
    pub fn without_user(self) -> Self {
        Self { authorization: None, ..self }
    }

    /// A client of the process that listens on this machine. Without a file nothing secret is sent, and the certificate
    /// is not verified: it has the names by which others reach the machine, and one that has expired is no reason to
    /// restart a process. A kubelet's probes do not verify it either.
    ///
    /// # Errors
    /// If TLS cannot be spoken as configured.
    pub fn client_of_own(&self, address: &ProcessAddress) -> Result<ProcessClient, HttpFileError> {
        if self.file.is_some() {
            return self.client(address);
        }
        let tls = TlsClientSettings { authorities: TrustedAuthorities::Unverified, ..self.tls.clone() };
        self.client_with(address, &tls)
    }

    fn client_with(&self, address: &ProcessAddress, tls: &TlsClientSettings) -> Result<ProcessClient, HttpFileError> {
        if let TrustedAuthorities::OfMachine { file, folder } = &tls.authorities
            && address.is_https()
        {
            // As in OpenSSL, the value for folders may be a list.
            let folders = folder.iter().flat_map(env::split_paths).filter(|folder| !folder.as_os_str().is_empty());
            let folders = folders.map(|folder| (CERTIFICATE_FOLDER_VARIABLE, folder));
            let file = file.iter().map(|file| (CERTIFICATE_FILE_VARIABLE, file.clone()));
            if let Some((variable, path)) = file.chain(folders).find(|(_, path)| !path.exists()) {
                return Err(HttpFileError::Store { variable, path: path.display().to_string() });
            }
        }
        let file = || self.file.as_ref().map_or_else(|| "TLS".to_owned(), |file| file.display().to_string());
        let client = ProcessClient::new(address.clone(), tls, self.authorization.clone());
        client.map_err(|why| HttpFileError::Tls { file: file(), why })
    }
}

fn authorization(credentials: &HttpCredentials, file: &Path) -> Result<Authorization, HttpFileError> {
    let refused = |key, fault| HttpFileError::Credentials { file: file.display().to_string(), key, fault };
    match credentials {
        HttpCredentials::Basic { username, password } => {
            let user = secret(file, "basic_auth.username_file", username.as_ref())?;
            if user.contains(':') {
                return Err(refused("basic_auth.username_file", "holds a colon, which no name of a user has"));
            }
            let password = secret(file, "basic_auth.password_file", password.as_ref())?;
            Ok(Authorization::basic(&user, &password))
        }
        HttpCredentials::Scheme { scheme, credentials } => {
            let key = match credentials {
                TextSource::Inline(_) => "authorization.credentials",
                TextSource::File(_) => "authorization.credentials_file",
            };
            let token = secret(file, key, Some(credentials))?;
            let authorization = Authorization::with_scheme(scheme, &token);
            authorization.ok_or_else(|| refused(key, "holds a character that a header cannot have, such as a line end"))
        }
    }
}

/// A user, a password or a token: as it is written, or the content of a file without white space around it.
fn secret(file: &Path, key: &'static str, source: Option<&TextSource>) -> Result<String, HttpFileError> {
    let Some(source) = source else { return Ok(String::new()) };
    let refused = |fault| HttpFileError::Credentials { file: file.display().to_string(), key, fault };
    let text = named_file::resolved(file, key, source, named_file::content)?;
    let text = String::from_utf8(text).map_err(|_| refused("is not UTF-8"))?;
    match source {
        TextSource::Inline(_) => Ok(text),
        TextSource::File(_) if text.trim().is_empty() => Err(refused("names a file that is empty")),
        TextSource::File(_) => Ok(text.trim().to_owned()),
    }
}

fn tls(tls: &TlsClientConfig, file: &Path) -> Result<TlsClientSettings, HttpFileError> {
    let pem = |key, source: &TextSource| named_file::resolved(file, key, source, named_file::content);
    let authorities = match &tls.ca {
        _ if tls.insecure_skip_verify => TrustedAuthorities::Unverified,
        Some(ca) => TrustedAuthorities::Listed(pem("tls_config.ca_file", ca)?),
        None => certificate_store(),
    };
    let identity = tls.identity.as_ref().map(|(certificate, key)| {
        Ok::<_, NamedFileError>((pem("tls_config.cert_file", certificate)?, pem("tls_config.key_file", key)?))
    });
    Ok(TlsClientSettings {
        authorities,
        identity: identity.transpose()?,
        server_name: tls.server_name.clone(),
        allows_tls12: tls.allows_tls12,
        allows_tls13: tls.allows_tls13,
    })
}

/// The certificate store of the machine: where the variables say, or where its distribution keeps it.
fn certificate_store() -> TrustedAuthorities {
    let named = |variable| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let usual = || CERTIFICATE_FILES.iter().map(PathBuf::from).find(|file| file.is_file());
    TrustedAuthorities::OfMachine {
        file: named(CERTIFICATE_FILE_VARIABLE).or_else(usual),
        folder: named(CERTIFICATE_FOLDER_VARIABLE),
    }
}
