//! Certificates made in memory.

use std::ops::Range;

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509NameBuilder};

const DAY_SECONDS: i64 = 24 * 3600;

/// Now, in seconds since 1970.
#[must_use]
pub fn now_seconds() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// A certificate with its key.
#[derive(Clone)]
pub struct Identity {
    /// The certificate.
    pub certificate: X509,
    /// Its private key.
    pub key: PKey<Private>,
}

/// What a certificate is for.
#[derive(Clone, Copy, PartialEq)]
pub enum Purpose {
    /// To sign others.
    Authority,
    /// For a server.
    Server,
    /// For a client.
    Client,
}

impl Identity {
    /// An authority that trusts itself.
    #[must_use]
    pub fn authority(name: &str) -> Self {
        Self::make(name, Purpose::Authority, &[], -1..1, None)
    }

    /// A certificate with these names, which this authority signs, valid for so many days from yesterday on.
    #[must_use]
    pub fn signed(&self, purpose: Purpose, names: &[&str], days: i64) -> Self {
        self.signed_over(purpose, names, -1..days - 1)
    }

    /// The same, valid from so many days after now until so many.
    #[must_use]
    pub fn signed_over(&self, purpose: Purpose, names: &[&str], days: Range<i64>) -> Self {
        Self::make(names.first().unwrap_or(&"unnamed"), purpose, names, days, Some(self))
    }

    fn make(name: &str, purpose: Purpose, names: &[&str], days: Range<i64>, signer: Option<&Self>) -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        let mut subject = X509NameBuilder::new().unwrap();
        subject.append_entry_by_text("CN", name).unwrap();
        let subject = subject.build();
        let mut serial = BigNum::new().unwrap();
        serial.rand(100, MsbOption::ONE, false).unwrap();
        let mut builder = X509Builder::new().unwrap();
        builder.set_version(2).unwrap();
        builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
        builder.set_subject_name(&subject).unwrap();
        builder.set_issuer_name(signer.map_or(&*subject, |signer| signer.certificate.subject_name())).unwrap();
        let after = |days: i64| Asn1Time::from_unix(now_seconds() + days * DAY_SECONDS).unwrap();
        builder.set_not_before(&after(days.start)).unwrap();
        builder.set_not_after(&after(days.end)).unwrap();
        builder.set_pubkey(&key).unwrap();
        let usage = match purpose {
            Purpose::Authority => BasicConstraints::new().critical().ca().build(),
            Purpose::Server => ExtendedKeyUsage::new().server_auth().build(),
            Purpose::Client => ExtendedKeyUsage::new().client_auth().build(),
        };
        builder.append_extension(usage.unwrap()).unwrap();
        if !names.is_empty() {
            let mut alternative = SubjectAlternativeName::new();
            for name in names {
                if name.parse::<std::net::IpAddr>().is_ok() {
                    alternative.ip(name);
                } else if name.contains("://") {
                    alternative.uri(name);
                } else if name.contains('@') {
                    alternative.email(name);
                } else {
                    alternative.dns(name);
                }
            }
            let context = builder.x509v3_context(None, None);
            let extension = alternative.build(&context).unwrap();
            builder.append_extension(extension).unwrap();
        }
        builder.sign(signer.map_or(&key, |signer| &signer.key), MessageDigest::sha256()).unwrap();
        Self { certificate: builder.build(), key }
    }

    /// The certificate in PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> Vec<u8> {
        self.certificate.to_pem().unwrap()
    }

    /// The private key in PEM, not encrypted.
    #[must_use]
    pub fn key_pem(&self) -> Vec<u8> {
        self.key.private_key_to_pem_pkcs8().unwrap()
    }
}
