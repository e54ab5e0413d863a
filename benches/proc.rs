//! What the operating system says a process has used. Only Linux tells it this way;
//! elsewhere these columns stay empty.

use std::time::Duration;

/// The unit of times in `/proc/PID/stat`. It is `sysconf(_SC_CLK_TCK)`, which Linux has
/// fixed at 100 for user space, whatever its own clock does.
const TICK: Duration = Duration::from_millis(10);

/// User and system time of all threads of some processes together, those of this
/// process included.
pub fn cpu_with(children: &[u32]) -> Option<Duration> {
    let mut all = cpu("self")?;
    for child in children {
        all += cpu(&child.to_string())?;
    }
    Some(all)
}

fn cpu(process: &str) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is the program's name in brackets, which may contain anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11);
    let mut next = || times.next()?.parse::<u32>().ok();
    let (user, system) = (next()?, next()?);
    Some(TICK * (user + system))
}

/// The memory of this process that is really there, in bytes.
pub fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}
