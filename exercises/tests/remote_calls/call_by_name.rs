//! Who is asked, and is what is known of no answer told apart?

use checker::desk::{self, Actor, Desk, Member, PATIENCE, within};
use checker::says;
use moebi::otp::{Answer, Caller, Server};
use moebi::{Exit, Reason};
use tokio::time::timeout;

use super::*;

/// A catalogue that knows one book. Over any other one it ends.
struct Catalogue {
    book: String,
    copies: u64,
}

impl Server for Catalogue {
    type Args = (String, u64);
    type Call = Copies;
    type Cast = ();

    async fn init(
        _me: &mut Process,
        (book, copies): (String, u64),
    ) -> Result<Self, Reason> {
        Ok(Self { book, copies })
    }

    async fn handle_call(
        &mut self,
        _me: &mut Process,
        Copies(book): Copies,
        _caller: Caller<Copies>,
    ) -> Result<Answer<u64>, Reason> {
        if book == self.book {
            return Ok(Answer::Now(self.copies));
        }
        Err(Reason::word("the catalogue has fallen over"))
    }
}

/// Who opens a catalogue, on his node, and closes it.
struct Librarian(Actor);

impl Librarian {
    async fn of(node: &Member) -> Self {
        node.offer(FIND, async |me: Process, ()| Ok(me.whereis(CATALOGUE)));
        let me = node.actor().await;
        me.trap_exit(true);
        Self(me)
    }

    async fn opens(&mut self, book: &str, copies: u64) -> Pid {
        let holds = (book.to_owned(), copies);
        let opened = Catalogue::start_link_named(&mut self.0, CATALOGUE, holds);
        within(opened).await.expect("nobody else has the name")
    }

    /// Returns when nobody has the name any more.
    async fn closes(&mut self, catalogue: Pid) {
        self.0.exit(catalogue, Reason::Kill).await;
        self.closed().await;
    }

    async fn closed(&mut self) {
        self.0.hears::<Exit>().await.expect("a catalogue that ends");
    }
}

async fn told(library: &mut Library, me: &Actor, book: &str) -> Known {
    let told = timeout(PATIENCE, library.copies(me, book)).await;
    told.unwrap_or_else(|_| says("waits"))
}

/// Numbers that cannot be mistaken for each other, nor for none.
fn numbers(desk: &Desk) -> [u64; 3] {
    let first = 1 + desk.number(1000);
    [first, first + 1000, first + 2000]
}

#[test]
fn the_library_is_asked_by_its_name() {
    desk::run(async |desk| {
        let (alex, kate) = desk.pair().await;
        let (book, other) = (desk.word(), desk.word());
        let [own, before, after] = numbers(desk);
        let mut neighbour = Librarian::of(&alex).await;
        neighbour.opens(&book, own).await;
        let mut librarian = Librarian::of(&kate).await;
        let me = alex.actor().await;
        let mut library = Library::new(kate.name());

        let catalogue = librarian.opens(&book, before).await;
        match told(&mut library, &me, &book).await {
            Known::Copies(copies) if copies == before => {}
            Known::Copies(copies) if copies == own => says("own_library"),
            _ => says("other_answer"),
        }
        librarian.closes(catalogue).await;
        librarian.opens(&book, after).await;
        if told(&mut library, &me, &book).await != Known::Copies(after) {
            says("kept_pid");
        }
        match told(&mut library, &me, &other).await {
            Known::NoAnswer => {}
            Known::Copies(_) => says("no_answer_is_no_number"),
            Known::Closed => says("was_asked"),
            Known::Unreachable => says("node_is_there"),
        }
        librarian.closed().await;
        match told(&mut library, &me, &book).await {
            Known::Closed => {}
            Known::Copies(_) => says("no_answer_is_no_number"),
            Known::NoAnswer => says("nobody_was_asked"),
            Known::Unreachable => says("node_is_there"),
        }
        within(kate.stop()).await;
        match told(&mut library, &me, &book).await {
            Known::Unreachable => {}
            Known::Copies(_) => says("no_answer_is_no_number"),
            Known::NoAnswer | Known::Closed => says("node_is_gone"),
        }
    });
}
