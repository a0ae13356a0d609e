//! Secrets in a file or a variable instead of the configuration: they are read unchanged and never shown.

use std::fs;

use ensilinja_config::Config;
use ensilinja_test_support::TemporaryFolder;

use crate::command_line::{command, run_command};

/// The sample with a user, and with this line for the password. Returns the text and the number of that line.
fn configuration(line: &str) -> (String, usize) {
    let properties = "[kafka.properties]\nsecurity.protocol = \"SASL_PLAINTEXT\"\nsasl.mechanism = \"PLAIN\"\n\
                      sasl.username = \"u\"\n";
    let text = ensilinja_config::SAMPLE.replacen("[kafka.properties]\n", &format!("{properties}{line}\n"), 1);
    let before = text.lines().take_while(|its| its.is_empty() || !line.starts_with(its)).count();
    (text, before + 1)
}

/// The sample configuration with this line for the password, parsed.
fn secret_from(line: &str) -> Result<Config, ensilinja_config::ConfigError> {
    ensilinja::configuration::parse("a.toml", &configuration(line).0)
}

#[test]
fn a_secret_is_read_from_a_file_without_the_newline_at_its_end() {
    let folder = TemporaryFolder::new("secrets");
    let file = folder.file("password");
    let line = format!("sasl.password_file = \"{}\"", file.display());
    for text in ["canary-7", "canary-7\n", "canary-7\r\n"] {
        fs::write(&file, text).unwrap();
        let config = secret_from(&line).unwrap();
        assert_eq!(config.kafka.properties["sasl.password"], "canary-7");
        assert!(!format!("{config:?}").contains("canary-7"), "a secret is in what is shown for debugging");
    }
    let refused = |line: &str| {
        let err = secret_from(line).unwrap_err().to_string();
        assert!(!err.contains("canary-7"), "a secret is in {err}");
        err
    };
    let (_, number) = configuration(&line);
    for (text, problem) in [("", "is empty"), ("\n", "is empty"), ("canary-7\ncanary-7", "has more than one line")] {
        fs::write(&file, text).unwrap();
        let err = refused(&line);
        let expected = format!(
            "a.toml:{number}: kafka.properties.sasl.password_file is set; the file {} {problem}",
            file.display()
        );
        assert!(err.starts_with(&expected), "{err}");
    }
    fs::write(&file, "canary-7").unwrap();
    let err = refused(&format!("sasl.password = \"canary-7\"\n{line}"));
    assert!(err.contains("sets it already: keep one of them"), "{err}");
    fs::remove_file(&file).unwrap();
    let err = refused(&line);
    assert!(err.contains("cannot be read: No such file or directory"), "{err}");
    let err = refused("sasl.password_file = 7");
    assert!(err.contains("it should be the path of a file that holds nothing but the secret"), "{err}");
}

/// systemd gives a service its credentials in a folder that an environment variable names.
#[test]
fn a_secret_is_read_from_a_credential_of_systemd() {
    let folder = TemporaryFolder::new("credentials");
    let file = folder.file("ensilinja.toml");
    let line = "sasl.password_file = \"${CREDENTIALS_DIRECTORY}/kafka-password\"";
    let (text, number) = configuration(line);
    fs::write(&file, text).unwrap();
    let run = |credentials: Option<&str>| {
        let mut command = command(&["lines", "--config", file.to_str().unwrap()]);
        command.env_remove("CREDENTIALS_DIRECTORY");
        run_command(command.envs(credentials.map(|folder| ("CREDENTIALS_DIRECTORY", folder))))
    };
    let credentials = file.parent().unwrap().to_str().unwrap();
    let (status, _, err) = run(None);
    assert_eq!(status, Some(2), "{err}");
    let expected = format!(
        "{}:{number}: kafka.properties.sasl.password_file is set; the file ${{CREDENTIALS_DIRECTORY}}/kafka-password is a \
         credential, and CREDENTIALS_DIRECTORY is not set: systemd sets it for a service with LoadCredential=",
        file.display()
    );
    assert!(err.contains(&expected), "{err}");
    let (status, _, err) = run(Some(credentials));
    assert_eq!(status, Some(2), "{err}");
    assert!(err.contains("kafka-password cannot be read: No such file"), "{err}");
    fs::write(folder.file("kafka-password"), "canary-7\n").unwrap();
    let (status, _, err) = run(Some(credentials));
    assert_eq!((status, err.as_str()), (Some(0), ""));
}

#[test]
fn a_secret_given_in_place_of_a_file_or_variable_name_is_not_repeated() {
    for (key, secret, says) in [
        ("sasl.password_env", "canary-7", "the environment variable named by sasl.password_env"),
        ("sasl.password_env", "Canary7", "the environment variable named by sasl.password_env"),
        ("sasl.password_env", "canary=7", "the environment variable named by sasl.password_env"),
        ("sasl.password_file", "canary-7", "the file named by sasl.password_file"),
        ("sasl.password_file", "canary/7+aGVsbG8=", "the file named by sasl.password_file"),
        ("ssl.key.pem_file", "-----BEGIN\\ncanary/7", "the file named by ssl.key.pem_file"),
        ("ssl.key.location", "-----BEGIN\\ncanary/7", "the file cannot be read"),
    ] {
        let err = secret_from(&format!("{key} = \"{secret}\"")).unwrap_err().to_string();
        assert!(err.contains(says), "{err}");
        assert!(!err.to_lowercase().contains("canary"), "a secret is in {err}");
    }
}

/// A test must not change the environment of its own process, so the program gets the variable.
#[test]
fn a_secret_is_read_from_an_environment_variable_and_a_missing_one_is_named() {
    let folder = TemporaryFolder::new("variables");
    let file = folder.file("ensilinja.toml");
    let line = "sasl.password_env = \"ENSILINJA_TEST_SECRET\"\nssl.ca.location = \"/not/there.pem\"";
    let (text, number) = configuration(line);
    fs::write(&file, text).unwrap();
    let run = |value: Option<&str>| {
        let mut command = command(&["lines", "--config", file.to_str().unwrap()]);
        command.env_remove("ENSILINJA_TEST_SECRET");
        let (status, _, err) = run_command(command.envs(value.map(|value| ("ENSILINJA_TEST_SECRET", value))));
        assert_eq!(status, Some(2), "{err}");
        assert!(!err.contains("canary-7"), "a secret is in {err}");
        err
    };
    let err = run(None);
    assert!(
        err.contains("sasl.password_env is set; the environment variable ENSILINJA_TEST_SECRET is not set"),
        "{err}"
    );
    let err = run(Some(""));
    assert!(err.contains("the environment variable ENSILINJA_TEST_SECRET is empty"), "{err}");
    // The secret is accepted, so the next setting is refused.
    let err = run(Some("canary-7"));
    assert!(
        err.contains(&format!(
            "{}: kafka.properties.ssl.ca.location is set; /not/there.pem cannot be read: No such file",
            number + 1
        )),
        "{err}"
    );
}
