//! The support bundle: it is whole if brokers and process do not answer, says what is missing, and has no secret.

use std::fs;

use ensilinja_test_support::TemporaryFolder;

use crate::command_line::{command, run_command};

/// No process listens there.
const NOWHERE: &str = "127.0.0.1:1";

/// The sample with a secret, brokers that do not answer and a process that does not listen.
fn configuration() -> String {
    let properties = "[kafka.properties]\nsecurity.protocol = \"SASL_PLAINTEXT\"\nsasl.mechanism = \"PLAIN\"\n\
                      sasl.username = \"canary\"\nsasl.password = \"canary-7\" # canary: ask Maija\n";
    ensilinja_config::SAMPLE
        .replacen("[kafka.properties]\n", properties, 1)
        .replace("127.0.0.1:9092", NOWHERE)
        .replace("127.0.0.1:9464", NOWHERE)
}

#[test]
fn what_does_not_answer_is_named_in_its_place_and_secrets_are_left_out() {
    let folder = TemporaryFolder::new("support-bundle");
    let [config, log, output] = ["ensilinja.toml", "log", "bundle.txt"].map(|name| folder.file(name));
    fs::write(&config, configuration()).unwrap();
    fs::write(&log, "the first line\nthe last line \u{1b}[31m\n").unwrap();
    let [config, log, output] = [&config, &log, &output].map(|path| path.to_str().unwrap());
    let words = ["support-bundle", "--config", config, "--log", log, "--output", output];
    let (status, out, err) = run_command(command(&words).env("ENSILINJA_LOG", "canary"));
    assert_eq!((status, out.as_str()), (Some(3), ""), "{err}");
    let bundle = fs::read_to_string(output).unwrap();
    assert!(!bundle.contains("canary") && !bundle.contains("Maija"), "{bundle}");
    for words in [
        "variables that are set: ENSILINJA_LOG",
        "password = \"(removed)\"",
        "protocol = \"SASL_PLAINTEXT\"",
        "22 lines, every value is valid",
        "========== live process http://127.0.0.1:1/readyz\n\nMISSING: http://127.0.0.1:1 cannot be reached",
        "the first line\nthe last line \\u{1b}[31m\n",
    ] {
        assert!(bundle.contains(words), "the bundle does not say: {words}\n{bundle}");
    }
    let (status, _, err) = run_command(&mut command(&words));
    assert_eq!(status, Some(1), "{err}");
    assert!(err.contains("bundle.txt exists already: name another file, or replace it with --force"), "{err}");
}

#[test]
fn the_process_of_a_shard_is_checked() {
    let folder = TemporaryFolder::new("support-bundle-shard");
    let config = folder.write("ensilinja.toml", configuration());
    let words = ["support-bundle", "--config", config.to_str().unwrap()];
    let (status, bundle, err) = run_command(command(&words).env("ENSILINJA_SHARD", "south"));
    assert_eq!((status, err.as_str()), (Some(3), ""), "{bundle}");
    let refusal = "========== check\n\nMISSING: --shard south names a [[shard]], and the configuration has none";
    assert!(bundle.contains(refusal) && bundle.contains("protocol = \"SASL_PLAINTEXT\""), "{bundle}");
}

#[test]
fn of_a_refused_configuration_only_the_refusal_is_in_the_bundle() {
    let folder = TemporaryFolder::new("support-bundle-refused");
    let config = folder.file("ensilinja.toml");
    fs::write(&config, configuration().replacen("[kafka]\n", "[kafka]\npasword = \"canary\"\n", 1)).unwrap();
    let (status, bundle, err) = run_command(&mut command(&["support-bundle", "--config", config.to_str().unwrap()]));
    assert_eq!((status, err.as_str()), (Some(3), ""), "{bundle}");
    assert!(!bundle.contains("canary"), "{bundle}");
    for words in ["MISSING: ", "pasword", "========== check\n\nMISSING: it needs a valid configuration"] {
        assert!(bundle.contains(words), "the bundle does not say: {words}\n{bundle}");
    }
}
