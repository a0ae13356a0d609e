//! Why a process does not answer as it should.

use hyper::StatusCode;

use super::process_address::ProcessAddress;
use super::tls_fault::TlsFault;

/// The longest answer that is accepted, in bytes: a hundred times the figures of a county.
pub(super) const LONGEST_ANSWER: usize = 64 * 1024 * 1024;

/// Why a request failed. No text in it holds a password or a token.
#[derive(Debug, thiserror::Error)]
pub enum ProcessRequestError {
    /// The connection failed.
    #[error("{address} cannot be reached: {why}; check that the process listens there (server.listen)")]
    Unreachable {
        /// The address.
        address: ProcessAddress,
        /// The error of the system.
        why: std::io::Error,
    },
    /// The answer was not complete in time.
    #[error("{address} did not answer within {seconds} s")]
    TimedOut {
        /// The address.
        address: ProcessAddress,
        /// The time limit.
        seconds: u64,
    },
    /// TLS failed, in the handshake or later.
    #[error("{address}: {fault}")]
    Tls {
        /// The address.
        address: ProcessAddress,
        /// What is wrong.
        fault: Box<TlsFault>,
    },
    /// A plain request was sent to a process that speaks TLS.
    #[error("{0} speaks TLS: use {other}", other = .0.with_other_scheme())]
    SpeaksTls(ProcessAddress),
    /// The answer has another status than 200.
    #[error("{address}{path} answers {status}: {}", advice(*.status, *.is_signed_in))]
    Status {
        /// The address.
        address: ProcessAddress,
        /// What was asked for.
        path: String,
        /// The status.
        status: StatusCode,
        /// Whether the request had a user or a token.
        is_signed_in: bool,
    },
    /// The answer is too long.
    #[error("the answer of {0} is longer than {mebibytes} MiB, so it is not the figures of a county", mebibytes = LONGEST_ANSWER >> 20)]
    TooLong(ProcessAddress),
    /// The answer is not HTTP, or the connection broke.
    #[error("{address} does not answer like an Ensilinja process: {why}")]
    NotHttp {
        /// The address.
        address: ProcessAddress,
        /// The error.
        why: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl ProcessRequestError {
    /// Whether the process may answer with the other scheme: `http` instead of `https`, or the reverse.
    #[must_use]
    pub fn is_of_scheme(&self) -> bool {
        match self {
            Self::SpeaksTls(_) => true,
            Self::Tls { fault, .. } => matches!(**fault, TlsFault::NotTls | TlsFault::Ended(_)),
            _ => false,
        }
    }
}

fn advice(status: StatusCode, is_signed_in: bool) -> &'static str {
    match (status, is_signed_in) {
        (StatusCode::SERVICE_UNAVAILABLE, _) => {
            "it has too many connections, or a proxy finds no process; try again later"
        }
        (StatusCode::NOT_FOUND, _) => {
            "it is not Ensilinja, or a proxy serves it under a path: add the path to the address"
        }
        (StatusCode::UNAUTHORIZED, false) => {
            "it asks for a user: write one under basic_auth in a file, and name it with --http.config.file"
        }
        (StatusCode::UNAUTHORIZED, true) => "it refuses the user, the password or the token of --http.config.file",
        (StatusCode::FORBIDDEN, true) => {
            "the user of --http.config.file may not read it: see server.board_users in the configuration of the process"
        }
        (StatusCode::FORBIDDEN, false) => {
            "it is not for everyone: write a user under basic_auth in a file, and name it with --http.config.file"
        }
        (redirection, _) if redirection.is_redirection() => {
            "redirections are not followed: give the address of the process itself"
        }
        _ => "it is not Ensilinja, or it has failed; check its log",
    }
}
