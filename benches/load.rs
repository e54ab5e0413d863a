//! What is measured between two OS processes, and what the issue asks of each.

use std::time::{Duration, Instant};

use crate::proc::cpu_with;

/// What happens between the two.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// 16 bytes there and back, and only then the next.
    PingPong,
    /// Messages of so many bytes one way; the end of them is acknowledged.
    Casts(usize),
    /// [`WINDOW`] pings are on their way at any time, all of one process.
    Window,
    /// [`WINDOW`] processes, each with one call on its way, all to one process.
    Callers,
    /// A process is spawned there, linked, and its exit awaited; one after the other.
    Spawns,
    /// Something is asked there and the answer awaited, by so many processes at once,
    /// each with one question after the other.
    Asks(Question, u64),
}

/// What can be asked. 16 bytes go there and come back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// A call to a registered server.
    Server,
    /// A function, run by `erpc`.
    Erpc,
    /// The same function, as a task under a supervisor: first the supervisor is asked for
    /// a process, then that process for the result.
    Task,
}

/// How many are outstanding.
pub const WINDOW: u64 = 64;

/// All of them, in the order of the table.
pub const LOADS: [Load; 12] = [
    Load::PingPong,
    Load::Casts(16),
    Load::Casts(1024),
    Load::Window,
    Load::Callers,
    Load::Spawns,
    Load::Asks(Question::Server, 1),
    Load::Asks(Question::Server, WINDOW),
    Load::Asks(Question::Erpc, 1),
    Load::Asks(Question::Erpc, WINDOW),
    Load::Asks(Question::Task, 1),
    Load::Asks(Question::Task, WINDOW),
];

impl Load {
    /// As the table calls it, and the filter knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::PingPong => "ping-pong 16 B",
            Self::Casts(16) => "casts 16 B",
            Self::Casts(_) => "casts 1 KiB",
            Self::Window => "window of 64",
            Self::Callers => "64 callers",
            Self::Spawns => "remote spawn_link",
            Self::Asks(Question::Server, 1) => "server call",
            Self::Asks(Question::Server, _) => "64 callers: server call",
            Self::Asks(Question::Erpc, 1) => "erpc",
            Self::Asks(Question::Erpc, _) => "64 callers: erpc",
            Self::Asks(Question::Task, 1) => "task async/await",
            Self::Asks(Question::Task, _) => "64 callers: task async/await",
        }
    }

    /// How often in one run.
    pub fn count(self) -> u64 {
        match self {
            Self::PingPong => 20_000,
            Self::Casts(_) => 1_000_000,
            Self::Window => 512_000,
            Self::Callers => 256_000,
            Self::Spawns | Self::Asks(_, 1) => 10_000,
            Self::Asks(Question::Server, _) => 256_000,
            Self::Asks(..) => 128_000,
        }
    }

    /// What raw TCP does in its place.
    pub fn of_floor(self) -> Self {
        match self {
            Self::Spawns | Self::Asks(_, 1) => Self::PingPong,
            Self::Callers | Self::Asks(..) => Self::Window,
            same => same,
        }
    }

    /// What the issue asks for, and what it knows of OTP 25.
    pub fn target(self) -> &'static str {
        match self {
            Self::PingPong => "at least 0.85; OTP 0.69",
            Self::Casts(16) => "at least 0.6, at most 0.25 µs; OTP 0.035",
            Self::Casts(_) => "at least 0.45; OTP 0.067",
            Self::Window => "at least 0.65; OTP 0.026",
            Self::Callers => "at least 0.4; OTP 0.026",
            Self::Spawns => "beat OTP: as many as its ping-pongs, 0.69",
            Self::Asks(..) => "at least twice OTP's",
        }
    }
}

/// One run.
#[derive(Clone, Copy)]
pub struct Run {
    /// How many operations.
    pub count: u64,
    /// How long they took.
    pub time: Duration,
    /// CPU time of all processes that took part, where it is known.
    pub cpu: Option<Duration>,
}

impl Run {
    /// Does some work and looks at the clocks: ours, and the CPU time of this process
    /// and of those that help it.
    pub async fn of<T>(
        helpers: &[u32],
        count: u64,
        work: impl Future<Output = T>,
    ) -> (Self, T) {
        let before = cpu_with(helpers);
        let start = Instant::now();
        let done = work.await;
        let time = start.elapsed();
        let cpu =
            cpu_with(helpers).zip(before).map(|(after, before)| after - before);
        (Self { count, time, cpu }, done)
    }

    /// Operations per second.
    pub fn rate(&self) -> f64 {
        self.count as f64 / self.time.as_secs_f64()
    }
}

/// One side of the comparison: raw TCP, our runtime, or Erlang's.
pub trait Side {
    /// Puts a load on.
    async fn run(&mut self, load: Load, count: u64) -> crate::Result<Run>;
}
