//! Admission: which connections may stay, and which one is closed when there are too many.
//!
//! The purpose of a connection is unknown until its first request has been read. So every connection is accepted and
//! then counted by what it does. Each activity has a limit of its own: no number of boards or of silent connections
//! can keep a probe out.
//!
//! ```text
//! accepted ──> Silent ──┬──> Probe | Scrape ──> Watcher ──┬──> the next request, or the end
//!                       └──> Page | Stream ───> Idle ─────┘
//! ```
//!
//! A newcomer to an activity that is at its limit is admitted, and **the address that holds the most connections there
//! loses its oldest one**. So an address is held to its share only under pressure. An address with few connections is
//! never shut out by one with many, and all clients behind one proxy can use the whole limit while no other address
//! needs it. Streams last, so they are different: a new stream replaces the newest stream of another address only if
//! that address has at least two more streams than the newcomer's. Otherwise the new stream is refused.
//!
//! The address is the peer address of the connection. Headers such as `X-Forwarded-For` are not trusted.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// The shortest time between two warnings about the same activity.
const BETWEEN_WARNINGS: Duration = Duration::from_mins(1);

/// The activity of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Activity {
    /// It has sent no whole request yet.
    Silent,
    /// It is between two requests, the last of which was neither a probe nor a scrape.
    Idle,
    /// It is between two requests, the last of which was a probe or a scrape.
    Watcher,
    /// It requests `/livez` or `/readyz`.
    Probe,
    /// It requests the metrics.
    Scrape,
    /// It requests anything else that ends: figures, or a file of the board.
    Page,
    /// It receives the live stream.
    Stream,
}

impl Activity {
    const COUNT: usize = 7;

    const fn as_str(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Idle => "idle",
            Self::Watcher => "watcher",
            Self::Probe => "probe",
            Self::Scrape => "scrape",
            Self::Page => "page",
            Self::Stream => "stream",
        }
    }
}

/// The most concurrent connections, by activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections that have sent no whole request yet.
    pub silent: usize,
    /// Connections between two requests.
    pub idle: usize,
    /// Connections between two requests, the last of which was a probe or a scrape.
    pub watchers: usize,
    /// Probes (`/livez`, `/readyz`) in progress.
    pub probes: usize,
    /// Scrapes (`/metrics`) in progress.
    pub scrapes: usize,
    /// Other answers in progress: figures as JSON, the files of the board.
    pub pages: usize,
    /// Clients of the live stream.
    pub streams: usize,
}

impl Default for ConnectionLimits {
    /// Enough for a thousand boards. A board takes half a dozen connections while it loads, and one afterwards.
    fn default() -> Self {
        Self { silent: 512, idle: 256, watchers: 128, probes: 128, scrapes: 512, pages: 256, streams: 1024 }
    }
}

impl ConnectionLimits {
    const fn of(&self, activity: Activity) -> usize {
        match activity {
            Activity::Silent => self.silent,
            Activity::Idle => self.idle,
            Activity::Watcher => self.watchers,
            Activity::Probe => self.probes,
            Activity::Scrape => self.scrapes,
            Activity::Page => self.pages,
            Activity::Stream => self.streams,
        }
    }

    /// The sum: the most concurrent connections, without those that are closing.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.silent + self.idle + self.watchers + self.probes + self.scrapes + self.pages + self.streams
    }

    /// These limits, scaled down so that their sum is at most `total`; each stays at least 1.
    #[must_use]
    pub fn within(self, total: usize) -> Self {
        if self.total() <= total {
            return self;
        }
        let share = |limit: usize| (limit * total / self.total()).max(1);
        Self {
            silent: share(self.silent),
            idle: share(self.idle),
            watchers: share(self.watchers),
            probes: share(self.probes),
            scrapes: share(self.scrapes),
            pages: share(self.pages),
            streams: share(self.streams),
        }
    }
}

/// The holder of connections: an IPv4 address, or the /64 network of an IPv6 address, because one client has the whole
/// network.
type ConnectionHolder = IpAddr;

fn holder_of(address: IpAddr) -> ConnectionHolder {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// The connections with one activity. Tickets ascend in the order in which the activity began.
#[derive(Debug, Default)]
struct ActivityGroup {
    of_holder: BTreeMap<ConnectionHolder, BTreeMap<u64, Arc<Notify>>>,
    by_size: BTreeSet<(usize, ConnectionHolder)>,
    count: usize,
    warned: Option<Instant>,
}

impl ActivityGroup {
    fn held_by(&self, holder: ConnectionHolder) -> usize {
        self.of_holder.get(&holder).map_or(0, BTreeMap::len)
    }

    fn insert(&mut self, holder: ConnectionHolder, ticket: u64, eviction: Arc<Notify>) {
        let held = self.of_holder.entry(holder).or_default();
        self.by_size.remove(&(held.len(), holder));
        held.insert(ticket, eviction);
        self.by_size.insert((held.len(), holder));
        self.count += 1;
    }

    /// Removes a connection; `None` if it is no longer here.
    fn remove(&mut self, holder: ConnectionHolder, ticket: u64) -> Option<Arc<Notify>> {
        let held = self.of_holder.get_mut(&holder)?;
        let before = held.len();
        let eviction = held.remove(&ticket)?;
        let after = held.len();
        if after == 0 {
            self.of_holder.remove(&holder);
        }
        self.by_size.remove(&(before, holder));
        if after > 0 {
            self.by_size.insert((after, holder));
        }
        self.count -= 1;
        Some(eviction)
    }

    /// Evicts the oldest connection, or the newest, of the holder of the most.
    fn evict(&mut self, newest: bool) -> bool {
        let Some((_, holder)) = self.by_size.last().copied() else { return false };
        let tickets = self.of_holder.get(&holder);
        let Some(ticket) = tickets.and_then(|all| if newest { all.keys().next_back() } else { all.keys().next() })
        else {
            return false;
        };
        match self.remove(holder, *ticket) {
            Some(eviction) => {
                eviction.notify_one();
                true
            }
            None => false,
        }
    }
}

/// All connections.
#[derive(Debug)]
pub(crate) struct Admission {
    limits: ConnectionLimits,
    register: Mutex<ConnectionRegister>,
}

#[derive(Debug, Default)]
struct ConnectionRegister {
    last_ticket: u64,
    groups: [ActivityGroup; Activity::COUNT],
}

impl Admission {
    pub fn new(limits: ConnectionLimits) -> Arc<Self> {
        Arc::new(Self { limits, register: Mutex::default() })
    }

    /// Admits a connection from this address, which has sent nothing yet.
    pub fn arrive(self: &Arc<Self>, address: IpAddr) -> Arc<ConnectionSlot> {
        let slot = ConnectionSlot {
            admission: Arc::clone(self),
            holder: holder_of(address),
            eviction: Arc::new(Notify::new()),
            state: Mutex::default(),
        };
        slot.enter(Activity::Silent);
        Arc::new(slot)
    }

    /// Whether a newcomer from this address would be admitted.
    fn has_room(&self, register: &ConnectionRegister, activity: Activity, holder: ConnectionHolder) -> bool {
        let group = &register.groups[activity as usize];
        let most_of_others =
            group.by_size.iter().rev().find(|(_, other)| *other != holder).map_or(0, |(most, _)| *most);
        activity != Activity::Stream
            || group.count < self.limits.of(activity)
            || most_of_others > group.held_by(holder) + 1
    }

    /// Evicts an inactive connection, so that one more can be accepted; `false` if there is none.
    pub fn make_room(&self) -> bool {
        let mut register = self.lock();
        [Activity::Silent, Activity::Idle, Activity::Watcher]
            .into_iter()
            .any(|activity| register.groups[activity as usize].evict(false))
    }

    /// The number of connections with this activity.
    #[cfg(test)]
    fn count(&self, activity: Activity) -> usize {
        self.lock().groups[activity as usize].count
    }

    fn lock(&self) -> MutexGuard<'_, ConnectionRegister> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The slot of a connection, which counts until it is dropped.
#[derive(Debug)]
pub(crate) struct ConnectionSlot {
    admission: Arc<Admission>,
    holder: ConnectionHolder,
    eviction: Arc<Notify>,
    state: Mutex<Option<SlotState>>,
}

#[derive(Clone, Copy, Debug)]
struct SlotState {
    activity: Activity,
    ticket: u64,
    evicted: bool,
}

impl ConnectionSlot {
    /// Resolves when the connection must close.
    pub async fn evicted(&self) {
        self.eviction.notified().await;
    }

    /// Whether a whole request has been received.
    pub fn has_sent_request(&self) -> bool {
        self.state().is_some_and(|state| state.activity != Activity::Silent)
    }

    /// Whether a request for this activity would be admitted now.
    pub fn is_free(&self, activity: Activity) -> bool {
        self.admission.has_room(&self.admission.lock(), activity, self.holder)
    }

    /// Records that a request has been received; `None` if it is refused. The answer is in progress until the result is
    /// dropped.
    pub fn begin(self: &Arc<Self>, activity: Activity) -> Option<AnswerInProgress> {
        let next =
            if matches!(activity, Activity::Probe | Activity::Scrape) { Activity::Watcher } else { Activity::Idle };
        self.enter(activity).then(|| AnswerInProgress { slot: Arc::clone(self), next })
    }

    fn enter(&self, activity: Activity) -> bool {
        let admission = &*self.admission;
        let mut state = self.state();
        let mut register = admission.lock();
        if let Some(before) = &mut *state {
            let group = &mut register.groups[before.activity as usize];
            before.evicted |= group.remove(self.holder, before.ticket).is_none();
            if before.evicted {
                // It is closing and no longer counts. A last request is answered unless the answer is a stream.
                before.activity = activity;
                return activity != Activity::Stream;
            }
        }
        let may_enter = admission.has_room(&register, activity, self.holder);
        // The refusal is an answer, too.
        let activity = if may_enter { activity } else { Activity::Page };
        register.last_ticket += 1;
        let ticket = register.last_ticket;
        let group = &mut register.groups[activity as usize];
        if group.count >= admission.limits.of(activity) {
            group.evict(activity == Activity::Stream);
            warn_of(group, activity);
        } else if !may_enter {
            warn_of(&mut register.groups[Activity::Stream as usize], Activity::Stream);
        }
        register.groups[activity as usize].insert(self.holder, ticket, Arc::clone(&self.eviction));
        *state = Some(SlotState { activity, ticket, evicted: false });
        may_enter
    }

    fn state(&self) -> MutexGuard<'_, Option<SlotState>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        if let Some(state) = *self.state() {
            self.admission.lock().groups[state.activity as usize].remove(self.holder, state.ticket);
        }
    }
}

/// An answer in progress. Its connection becomes idle when this is dropped.
#[derive(Debug)]
pub(crate) struct AnswerInProgress {
    slot: Arc<ConnectionSlot>,
    next: Activity,
}

impl Drop for AnswerInProgress {
    fn drop(&mut self) {
        self.slot.enter(self.next);
    }
}

fn warn_of(group: &mut ActivityGroup, activity: Activity) {
    if group.warned.is_none_or(|warned| warned.elapsed() >= BETWEEN_WARNINGS) {
        group.warned = Some(Instant::now());
        tracing::warn!(activity = activity.as_str(), connections = group.count, "connection limit reached");
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    const FEW: ConnectionLimits =
        ConnectionLimits { silent: 4, idle: 2, watchers: 2, probes: 2, scrapes: 2, pages: 2, streams: 4 };

    const ATTACKER: [u8; 4] = [10, 0, 0, 1];
    const OTHER: [u8; 4] = [10, 0, 0, 2];

    /// Whether a connection has been evicted; a second call returns `false`.
    fn is_evicted(slot: &ConnectionSlot) -> bool {
        pin!(slot.evicted()).poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    fn evicted(slots: &[Arc<ConnectionSlot>]) -> Vec<bool> {
        slots.iter().map(|slot| is_evicted(slot)).collect()
    }

    fn connect(admission: &Arc<Admission>, address: [u8; 4], count: usize) -> Vec<Arc<ConnectionSlot>> {
        (0..count).map(|_| admission.arrive(address.into())).collect()
    }

    #[test]
    fn the_oldest_silent_connection_of_the_largest_holder_gives_way_to_a_newcomer() {
        let admission = Admission::new(FEW);
        let one = connect(&admission, OTHER, 1);
        let many = connect(&admission, ATTACKER, 5);
        assert_eq!(evicted(&many), [true, true, false, false, false]);
        assert_eq!(evicted(&one), [false], "older, and of an address that has only one");
        assert_eq!(admission.count(Activity::Silent), 4);
    }

    #[test]
    fn a_single_address_can_use_the_whole_limit() {
        let admission = Admission::new(FEW);
        let viewers = connect(&admission, ATTACKER, 4);
        let in_progress: Vec<_> = viewers.iter().map(|viewer| viewer.begin(Activity::Stream)).collect();
        assert!(in_progress.iter().all(Option::is_some));
        let refused = admission.arrive(ATTACKER.into());
        assert!(!refused.is_free(Activity::Stream));
        assert!(refused.begin(Activity::Stream).is_none());
        assert_eq!(evicted(&viewers), [false; 4], "established streams continue");
    }

    #[test]
    fn a_stream_replaces_the_newest_one_of_an_address_with_two_more_than_its_own() {
        let admission = Admission::new(FEW);
        let many = connect(&admission, ATTACKER, 4);
        let _streams: Vec<_> = many.iter().map(|viewer| viewer.begin(Activity::Stream)).collect();
        let few = connect(&admission, OTHER, 3);
        let streams: Vec<_> = few.iter().map(|viewer| viewer.begin(Activity::Stream)).collect();
        assert_eq!(streams.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false]);
        assert_eq!(evicted(&many), [false, false, true, true]);
        assert_eq!(admission.count(Activity::Stream), 4);
    }

    #[test]
    fn streams_and_silent_connections_do_not_keep_out_probes_or_scrapes() {
        let admission = Admission::new(FEW);
        let viewers = connect(&admission, ATTACKER, 4);
        let _streams: Vec<_> = viewers.iter().map(|viewer| viewer.begin(Activity::Stream)).collect();
        let _silent = connect(&admission, ATTACKER, 10);
        for activity in [Activity::Probe, Activity::Scrape, Activity::Page] {
            let slot = admission.arrive(ATTACKER.into());
            let in_progress = slot.begin(activity);
            let _silent = connect(&admission, ATTACKER, 10);
            assert!(in_progress.is_some() && !is_evicted(&slot), "{activity:?}");
        }
    }

    #[test]
    fn idle_connections_give_way_to_each_other_and_watchers_do_not_give_way_to_them() {
        let admission = Admission::new(FEW);
        let watcher = admission.arrive(ATTACKER.into());
        drop(watcher.begin(Activity::Scrape));
        let idle = connect(&admission, ATTACKER, 4);
        for slot in &idle {
            drop(slot.begin(Activity::Page));
        }
        assert_eq!(evicted(&idle), [true, true, false, false]);
        assert_eq!((is_evicted(&watcher), admission.count(Activity::Watcher)), (false, 1));
    }

    #[test]
    fn a_connection_counts_until_it_ends_whatever_its_activity() {
        let admission = Admission::new(FEW);
        for activity in [Activity::Probe, Activity::Scrape, Activity::Page, Activity::Stream] {
            let slot = admission.arrive(OTHER.into());
            let in_progress = slot.begin(activity);
            assert_eq!((admission.count(Activity::Silent), admission.count(activity)), (0, 1));
            drop((slot, in_progress));
        }
        let all = [
            Activity::Silent,
            Activity::Idle,
            Activity::Watcher,
            Activity::Probe,
            Activity::Scrape,
            Activity::Page,
            Activity::Stream,
        ];
        assert_eq!(all.map(|activity| admission.count(activity)), [0; Activity::COUNT]);
    }

    #[test]
    fn an_evicted_connection_is_notified_once_and_its_last_request_does_not_count() {
        let admission = Admission::new(FEW);
        let slots = connect(&admission, OTHER, 5);
        assert!(is_evicted(&slots[0]) && !is_evicted(&slots[0]));
        assert!(slots[0].begin(Activity::Scrape).is_some());
        assert!(slots[0].begin(Activity::Stream).is_none(), "a stream does not end soon");
        assert_eq!(admission.count(Activity::Scrape), 0);
    }

    #[test]
    fn an_ipv6_network_is_one_holder_and_a_mapped_ipv4_address_is_the_address() {
        let holder = |text: &str| holder_of(text.parse().unwrap());
        assert_eq!(holder("2001:db8:1:2::1"), holder("2001:db8:1:2:ffff::9"));
        assert_ne!(holder("2001:db8:1:2::1"), holder("2001:db8:1:3::1"));
        assert_eq!(holder("::ffff:10.0.0.1"), holder("10.0.0.1"));
    }

    #[test]
    fn when_the_system_runs_out_an_inactive_connection_makes_room() {
        let admission = Admission::new(FEW);
        assert!(!admission.make_room());
        let silent = connect(&admission, OTHER, 1);
        assert!(admission.make_room() && is_evicted(&silent[0]));
        let busy = admission.arrive(OTHER.into());
        let _in_progress = busy.begin(Activity::Probe);
        assert!(!admission.make_room() && !is_evicted(&busy));
    }

    #[test]
    fn limits_shrink_in_proportion_and_none_becomes_zero() {
        assert_eq!(FEW.within(FEW.total()), FEW);
        let shrunk = ConnectionLimits::default().within(100);
        assert!(shrunk.total() <= 100 && shrunk.streams > shrunk.probes && shrunk.probes > 0, "{shrunk:?}");
        assert_eq!(ConnectionLimits::default().within(0).probes, 1);
    }
}
