//! Findings about the brokers: which answer, and why the others do not.

use ensilinja_kafka::{BrokerFailure, BrokerInspection, BrokerSource, Inspection, Settings};

use super::finding::{Area, Finding, Findings};

pub(super) fn look(inspection: &Inspection, settings: &Settings, findings: &mut Findings) {
    for warning in settings.warnings() {
        let what = format!("{}: {}", warning.found, warning.consequence);
        findings.push(Finding::warning(Area::Brokers, "kafka.properties", what, warning.remedy));
    }
    let some_answer = inspection.brokers.iter().any(|broker| broker.answer.is_ok());
    for broker in &inspection.brokers {
        findings.push(finding(broker, some_answer));
    }
}

fn finding(broker: &BrokerInspection, some_answer: bool) -> Finding {
    let about = broker.address.as_str();
    match (&broker.answer, broker.source) {
        (Ok(count), BrokerSource::Settings) => {
            let brokers = if *count == 1 { "1 broker".to_owned() } else { format!("{count} brokers") };
            Finding::ok(Area::Brokers, about, format!("answers, and knows {brokers}"))
        }
        (Ok(_), BrokerSource::Brokers) => Finding::ok(Area::Brokers, about, "named by another broker, and answers"),
        (Err(trouble), BrokerSource::Settings) if some_answer => {
            Finding::warning(Area::Brokers, about, format!("does not answer: {trouble}"), advice(trouble))
        }
        (Err(trouble), BrokerSource::Settings) => {
            Finding::problem(Area::Brokers, about, format!("does not answer: {trouble}"), advice(trouble))
        }
        (Err(trouble), BrokerSource::Brokers) => Finding::problem(
            Area::Brokers,
            about,
            format!("named by another broker, and does not answer: {trouble}"),
            "if it runs, set its advertised.listeners to an address at which this machine can reach it",
        ),
    }
}

/// The remedy for a broker that does not answer.
pub(super) const fn advice(trouble: &BrokerFailure) -> &'static str {
    trouble.cause.remedy()
}
