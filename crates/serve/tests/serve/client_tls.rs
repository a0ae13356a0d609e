//! The client's TLS against a real server: which certificates it accepts, and what it says of the others.

use ensilinja_serve::{
    CertificateOwner, ClientCertificates, ProcessClient, ProcessRequestError, ServerLimits, TlsClientSettings,
    TlsFault, TlsSettings, TrustedAuthorities, TrustedBy,
};

use ensilinja_test_support::{Identity, Purpose};

use crate::certificates::{in_force, tls_of};
use crate::running_server::RunningServer;

fn trusting(authority: &Identity) -> TlsClientSettings {
    TlsClientSettings {
        authorities: TrustedAuthorities::Listed(authority.certificate_pem()),
        identity: None,
        server_name: None,
        allows_tls12: true,
        allows_tls13: true,
    }
}

/// The answer to a probe of a server with this TLS, by a client with that.
fn ask(server: TlsSettings, client: &TlsClientSettings) -> Result<String, TlsFault> {
    let running = RunningServer::protected_by(&in_force(server), ServerLimits::default());
    let client = ProcessClient::new(format!("https://{}", running.address).parse().unwrap(), client, None).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(client.get("/livez")).map_err(|error| match error {
        ProcessRequestError::Tls { fault, .. } => *fault,
        other => panic!("{other}"),
    })
}

const ALIVE: Result<String, TlsFault> = Ok(String::new());

#[test]
fn only_a_valid_certificate_of_a_trusted_authority_for_the_host_is_accepted() {
    let (authority, stranger) = (Identity::authority("authority"), Identity::authority("stranger"));
    let of = |names: &[&str], days| tls_of(&authority.signed_over(Purpose::Server, names, days));
    let valid = of(&["127.0.0.1"], -1..1);
    assert_eq!(ask(valid, &trusting(&authority)), Ok("alive\n".to_owned()));
    assert_eq!(
        ask(of(&["127.0.0.1"], -1..1), &trusting(&stranger)),
        Err(TlsFault::UnknownIssuer { issuer: "authority".to_owned(), trusted: TrustedBy::List })
    );
    let no_store = TrustedAuthorities::OfMachine { file: None, folder: None };
    assert_eq!(
        ask(of(&["127.0.0.1"], -1..1), &TlsClientSettings { authorities: no_store, ..trusting(&authority) }),
        Err(TlsFault::UnknownIssuer { issuer: "authority".to_owned(), trusted: TrustedBy::Nothing })
    );
    let expired = ask(of(&["127.0.0.1"], -2..-1), &trusting(&authority));
    assert!(matches!(&expired, Err(TlsFault::Expired(CertificateOwner::Server, _))), "{expired:?}");
    let future = ask(of(&["127.0.0.1"], 1..2), &trusting(&authority));
    assert!(matches!(&future, Err(TlsFault::NotYetValid(CertificateOwner::Server, _))), "{future:?}");
    for (text, fault) in [("it was valid until ", expired), ("it is valid from ", future)] {
        let message = fault.unwrap_err().to_string();
        assert!(message.starts_with(&format!("its certificate is not accepted: {text}")), "{message}");
        assert!(message.contains(" GMT"), "{message}");
    }
    assert_eq!(
        ask(of(&["10.0.0.1", "a.example"], -1..1), &trusting(&authority)),
        Err(TlsFault::OtherName { names: "10.0.0.1 and a.example".to_owned(), wanted: "127.0.0.1".to_owned() })
    );
    // A certificate of a client is none of a server.
    let client = tls_of(&authority.signed(Purpose::Client, &["127.0.0.1"], 2));
    let error = ask(client, &trusting(&authority)).unwrap_err();
    assert!(matches!(&error, TlsFault::Unacceptable(why) if why.contains("purpose")), "{error}");
    // Nothing at all is verified on request.
    let unverified = TlsClientSettings { authorities: TrustedAuthorities::Unverified, ..trusting(&stranger) };
    assert_eq!(ask(of(&["10.0.0.1"], -2..-1), &unverified).map(|_| String::new()), ALIVE);
}

#[test]
fn names_are_those_that_go_accepts() {
    let authority = Identity::authority("authority");
    let ask_for = |names: &[&str], wanted: &str| {
        let client = TlsClientSettings { server_name: Some(wanted.to_owned()), ..trusting(&authority) };
        match ask(tls_of(&authority.signed(Purpose::Server, names, 2)), &client) {
            Ok(_) => true,
            Err(TlsFault::OtherName { .. }) => false,
            Err(other) => panic!("{other}"),
        }
    };
    assert!(ask_for(&["a.example"], "a.example") && ask_for(&["a.example"], "A.Example."));
    assert!(
        ask_for(&["*.county.example"], "a.county.example") && !ask_for(&["*.county.example"], "a.b.county.example")
    );
    assert!(!ask_for(&["a*.county.example"], "ab.county.example"), "a wildcard stands for a whole label");
    assert!(ask_for(&["10.0.0.1"], "10.0.0.1") && !ask_for(&["10.0.0.1"], "10.0.0.2"));
    // The subject of a certificate without names. It does not count.
    assert!(!ask_for(&[], "unnamed"));
}

#[test]
fn any_certificate_of_the_list_may_be_the_end_of_a_chain() {
    let authority = Identity::authority("authority");
    let server = authority.signed(Purpose::Server, &["127.0.0.1"], 2);
    assert_eq!(ask(tls_of(&server), &trusting(&server)).map(|_| String::new()), ALIVE);
    let (other, mut both) = (Identity::authority("other"), trusting(&authority));
    both.authorities = TrustedAuthorities::Listed([other.certificate_pem(), authority.certificate_pem()].concat());
    assert_eq!(ask(tls_of(&server), &both).map(|_| String::new()), ALIVE);
}

#[test]
fn a_refused_client_learns_what_the_server_needs() {
    let authority = Identity::authority("authority");
    let server = authority.signed(Purpose::Server, &["127.0.0.1"], 2);
    let (expired, known) =
        (authority.signed_over(Purpose::Client, &["me"], -2..-1), authority.signed(Purpose::Client, &["me"], 2));
    let stranger = Identity::authority("stranger").signed(Purpose::Client, &["me"], 2);
    for allows_tls13 in [true, false] {
        let demanding = || TlsSettings {
            client_certificates: ClientCertificates::Required { verified: true },
            client_authorities: Some(authority.certificate_pem()),
            allows_tls13,
            ..tls_of(&server)
        };
        let with = |identity: Option<&Identity>| {
            let identity = identity.map(|it| (it.certificate_pem(), it.key_pem()));
            ask(demanding(), &TlsClientSettings { identity, ..trusting(&authority) }).map(|_| String::new())
        };
        assert_eq!(with(Some(&known)), ALIVE);
        let without = with(None).unwrap_err().to_string();
        assert!(without.contains("require") && without.contains("cert_file and key_file"), "{without}");
        for identity in [&expired, &stranger] {
            let refused = with(Some(identity));
            assert!(matches!(&refused, Err(TlsFault::ClientCertificate(_))), "{refused:?}");
        }
    }
}

#[test]
fn a_client_that_speaks_no_version_of_the_server_says_so() {
    let authority = Identity::authority("authority");
    let server = authority.signed(Purpose::Server, &["127.0.0.1"], 2);
    let old = TlsSettings { allows_tls13: false, ..tls_of(&server) };
    let new = TlsClientSettings { allows_tls12: false, ..trusting(&authority) };
    assert_eq!(ask(old, &new), Err(TlsFault::NoCommonVersion));
}
