//! The JSON in which shippers wrap a line: the line in a member, or its parts as members, as the table of the log has
//! them. All other members are skipped, and so is the shipper's time.

use crate::json::field::Field;
use crate::json::members::{MemberTarget, Members, Shape};
use crate::json::sequence::read_each;

/// A wrapped line, or the parts of one.
#[derive(Default)]
pub(super) struct Wrapping<'a> {
    /// The name of the member with the line, if the configuration has one.
    own_name: Option<&'a str>,
    own: Field<'a>,
    message: Field<'a>,
    log: Field<'a>,
    msg: Field<'a>,
    line: Field<'a>,
    row: Row<'a>,
    after: Option<Shape>,
    after_row: Row<'a>,
    payload: Option<Shape>,
    payload_row: Payload<'a>,
}

/// The envelope of Kafka Connect, with or without the one of Debezium inside.
#[derive(Default)]
struct Payload<'a> {
    row: Row<'a>,
    after: Option<Shape>,
    after_row: Row<'a>,
}

/// A row of the table `queue_log`.
#[derive(Default)]
pub(super) struct Row<'a> {
    pub time: Field<'a>,
    pub callid: Field<'a>,
    pub queuename: Field<'a>,
    pub agent: Field<'a>,
    pub event: Field<'a>,
    pub data: [Field<'a>; 5],
    host: Field<'a>,
    hostname: Field<'a>,
}

impl<'a> Wrapping<'a> {
    /// An empty one, with the name of the member that holds the line.
    pub(super) fn with(own_name: Option<&'a str>) -> Self {
        Self { own_name, ..Self::default() }
    }

    /// The line, if a member holds one.
    pub(super) fn line(&self) -> Option<&str> {
        let candidates = [&self.own, &self.message, &self.log, &self.msg, &self.line];
        candidates.into_iter().find_map(text)
    }

    /// The parts of a line, if they are members.
    pub(super) fn row(&self) -> Option<&Row<'a>> {
        let rows = [&self.row, &self.payload_row.after_row, &self.payload_row.row, &self.after_row];
        rows.into_iter().find(|row| text(&row.event).is_some() && text(&row.queuename).or(text(&row.callid)).is_some())
    }

    /// The host that shipped the line.
    pub(super) fn host(&self) -> Option<&str> {
        let rows = [&self.row, &self.payload_row.after_row, &self.payload_row.row, &self.after_row];
        rows.into_iter().find_map(|row| text(&row.host).or_else(|| text(&row.hostname)))
    }
}

/// The text of a field, if it is one and not empty.
pub(super) fn text<'x>(field: &'x Field<'_>) -> Option<&'x str> {
    match field {
        Field::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

impl<'a> Members<'a> for Wrapping<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        let field = match name {
            _ if self.own_name.is_some_and(|own| own == name) => &mut self.own,
            "message" => &mut self.message,
            "log" => &mut self.log,
            "msg" => &mut self.msg,
            "line" => &mut self.line,
            "payload" => return Some(MemberTarget::Object(&mut self.payload, &mut self.payload_row)),
            "after" => return Some(MemberTarget::Object(&mut self.after, &mut self.after_row)),
            _ => return self.row.target(name),
        };
        Some(MemberTarget::Field(field))
    }
}

impl<'a> Members<'a> for Payload<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        match name {
            "after" => Some(MemberTarget::Object(&mut self.after, &mut self.after_row)),
            _ => self.row.target(name),
        }
    }
}

impl<'a> Members<'a> for Row<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        let [data1, data2, data3, data4, data5] = &mut self.data;
        let field = match name {
            "time" => &mut self.time,
            "callid" => &mut self.callid,
            "queuename" => &mut self.queuename,
            "agent" => &mut self.agent,
            "event" => &mut self.event,
            "data1" => data1,
            "data2" => data2,
            "data3" => data3,
            "data4" => data4,
            "data5" => data5,
            "host" => &mut self.host,
            "hostname" => &mut self.hostname,
            _ => return None,
        };
        Some(MemberTarget::Field(field))
    }
}

/// The names of the hosts of objects whose `host` is an object itself, as Filebeat writes it.
pub(super) fn host_objects(text: &str) -> Vec<Option<String>> {
    let mut names = Vec::new();
    read_each(text, NamedHost::default, |object| {
        names.push(object.ok().and_then(|object| self::text(&object.name.0).map(str::to_owned)));
    });
    names
}

/// An object with the name of a host in `host.name`.
#[derive(Default)]
struct NamedHost<'a> {
    host: Option<Shape>,
    name: HostName<'a>,
}

#[derive(Default)]
struct HostName<'a>(Field<'a>);

impl<'a> Members<'a> for NamedHost<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        (name == "host").then_some(MemberTarget::Object(&mut self.host, &mut self.name))
    }
}

impl<'a> Members<'a> for HostName<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        (name == "name").then_some(MemberTarget::Field(&mut self.0))
    }
}
