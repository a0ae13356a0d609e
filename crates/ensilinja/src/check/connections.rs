//! Which brokers answer, and why the others do not.

use ensilinja_kafka::{BrokerSeen, Inspection, NamedBy, Trouble, TroubleKind};

use super::finding::{Area, Finding, Findings};

pub(super) fn look(inspection: &Inspection, findings: &mut Findings) {
    let some_answer = inspection.brokers.iter().any(|broker| broker.answer.is_ok());
    for broker in &inspection.brokers {
        findings.push(finding(broker, some_answer));
    }
}

fn finding(broker: &BrokerSeen, some_answer: bool) -> Finding {
    let about = broker.address.as_str();
    match (&broker.answer, broker.named_by) {
        (Ok(count), NamedBy::Settings) => {
            let brokers = if *count == 1 { "1 broker".to_owned() } else { format!("{count} brokers") };
            Finding::ok(Area::Brokers, about, format!("answers, and knows {brokers}"))
        }
        (Ok(_), NamedBy::Brokers) => Finding::ok(Area::Brokers, about, "named by another broker, and answers"),
        (Err(trouble), NamedBy::Settings) if some_answer => {
            Finding::warning(Area::Brokers, about, format!("does not answer: {trouble}"), advice(trouble))
        }
        (Err(trouble), NamedBy::Settings) => {
            Finding::problem(Area::Brokers, about, format!("does not answer: {trouble}"), advice(trouble))
        }
        (Err(trouble), NamedBy::Brokers) => Finding::problem(
            Area::Brokers,
            about,
            format!("named by another broker, and does not answer: {trouble}"),
            "if it runs, see that its advertised.listeners is an address at which this machine reaches it",
        ),
    }
}

/// What to do about a broker that does not answer.
pub(super) const fn advice(trouble: &Trouble) -> &'static str {
    match trouble.kind {
        TroubleKind::Authentication => {
            "see that the broker knows this user, and that sasl.mechanism, sasl.username and sasl.password of \
             [kafka.properties] are right"
        }
        TroubleKind::Encryption => {
            "see that security.protocol and the ssl settings of [kafka.properties] are those of the broker, and that \
             ssl.ca.location has the authority that signed its certificate"
        }
        TroubleKind::Name => "see that the name is right, and that this machine can look it up",
        TroubleKind::Connection => {
            "see that it runs, that address and port are right and nothing between blocks them, and that \
             security.protocol of [kafka.properties] is what the port speaks"
        }
        TroubleKind::Other => "see what the broker has logged",
    }
}
