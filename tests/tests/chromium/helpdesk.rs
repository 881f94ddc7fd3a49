//! The example `helpdesk`: people and their tickets, administrators, two tabs, and a page of another origin.

use crate::chromium::Chromium;
use crate::is_readable;
use crate::stage::{HELPDESK, Stage};

#[tokio::test]
async fn a_ticket_is_seen_by_its_owner_and_by_administrators_and_by_nobody_else() {
    let Some(stage) = Stage::set(&HELPDESK, "tickets").await else { return };
    let chromium = &stage.chromium;
    chromium.open(&stage.at("/")).await;
    is_readable(chromium, "Help desk", "01-home").await;
    signs_in(&stage, "Alex Wilber").await;
    opens(chromium, "<b>Chair</b> & table", "It is \"broken\".").await;
    is_readable(chromium, "<b>Chair</b> & table", "02-ticket").await;
    assert_eq!(chromium.address().await, stage.at("/tickets/1"));
    assert!(chromium.text().await.contains("It is \"broken\"."));
    // Neither pages nor files, which nobody wrote a handler for.
    for path in ["/admin", "/handbook/", "/handbook/index.html"] {
        chromium.open(&stage.at(path)).await;
        chromium.sees("Not allowed").await;
        assert!(!chromium.text().await.contains("turn it off"), "{path}");
    }
    is_readable(chromium, "Not allowed", "03-not-allowed").await;
    signs_out(&stage).await;

    signs_in(&stage, "Isaiah Langer").await;
    assert!(!chromium.text().await.contains("Chair"));
    for number in [1, 2] {
        chromium.open(&stage.at(&format!("/tickets/{number}"))).await;
        is_readable(chromium, "Not found", &format!("04-ticket-{number}-of-somebody-else")).await;
        assert!(chromium.text().await.contains("There is no such ticket."));
    }

    // Whoever may not see a page is perhaps somebody else as well.
    chromium.open(&stage.at("/admin")).await;
    chromium.sees("Not allowed").await;
    chromium.clicks("Sign in with another account").await;
    chromium.sees("Pick an account").await;
    chromium.clicks("Adele Vance").await;
    is_readable(chromium, "Everybody's tickets", "05-everybody").await;
    assert!(chromium.text().await.contains("opened ticket 1"), "the audit log");
    chromium.clicks("Chair").await;
    chromium.sees("<b>Chair</b> & table").await;
    chromium.types("Stand.", "textarea").await;
    chromium.clicks("Answer").await;
    chromium.reads("answered", "#live").await;
    chromium.clicks("Handbook").await;
    is_readable(chromium, "Handbook", "06-handbook").await;
    signs_out(&stage).await;

    signs_in(&stage, "Alex Wilber").await;
    chromium.clicks("Chair").await;
    chromium.reads("Stand.", "#live").await;
    is_readable(chromium, "<b>Chair</b> & table", "07-answered").await;
}

#[tokio::test]
async fn what_happens_in_one_tab_is_seen_in_the_other_and_nothing_is_left_after_the_sign_out() {
    let Some(stage) = Stage::set(&HELPDESK, "tabs").await else { return };
    let chromium = &stage.chromium;
    signs_in(&stage, "Alex Wilber").await;
    let first = chromium.tab().await;
    let second = chromium.opens_tab().await;
    chromium.open(&stage.at("/tickets")).await;
    opens(chromium, "Printer", "Out of paper.").await;
    chromium.sees("Printer").await;
    chromium.turns_to(&first).await;
    chromium.reads("Printer", "#live").await;
    is_readable(chromium, "Your tickets", "08-your-tickets").await;

    chromium.clicks("Sign out").await;
    chromium.sees("You are signed out").await;
    chromium.turns_to(&second).await;
    chromium.sees("Pick an account").await;
    chromium.screenshot("09-other-tab").await;
    chromium.turns_to(&first).await;
    chromium.goes_back().await;
    chromium.sees("Pick an account").await;
    chromium.screenshot("10-back").await;
    assert!(!chromium.text().await.contains("Printer"));
    // The page's own policy forbids nothing of what it does: all there is to note is that the session is over.
    let errors = chromium.take_errors().await;
    assert!(errors.iter().all(|error| error.contains("/session") && error.contains("401")), "{errors:?}");
}

#[tokio::test]
async fn a_page_of_another_origin_shows_the_tickets_of_whoever_is_signed_in() {
    let Some(mut stage) = Stage::set(&HELPDESK, "intranet").await else { return };
    let intranet = stage.says().trim_start_matches("The intranet: ").to_owned();
    let chromium = &stage.chromium;
    chromium.open(&intranet).await;
    chromium.reads("Nobody is signed in.", "main").await;
    is_readable(chromium, "Intranet", "11-intranet").await;
    chromium.clicks("Sign in").await;
    chromium.sees("Pick an account").await;
    chromium.clicks("Alex Wilber").await;
    chromium.reads("Tickets of Alex Wilber: 0", "main").await;
    assert_eq!(chromium.address().await.trim_end_matches('/'), intranet);

    chromium.open(&stage.at("/tickets")).await;
    opens(chromium, "Printer", "Out of paper.").await;
    chromium.sees("Printer").await;
    chromium.open(&intranet).await;
    chromium.reads("Printer", "ul").await;
    is_readable(chromium, "Intranet", "12-intranet-signed-in").await;

    chromium.clicks("Sign out").await;
    chromium.reads("Nobody is signed in.", "main").await;
    assert_eq!(chromium.address().await.trim_end_matches('/'), intranet, "by way of Microsoft");
    chromium.open(&stage.at("/tickets")).await;
    chromium.sees("Pick an account").await;
}

async fn signs_in(stage: &Stage, person: &str) {
    stage.chromium.open(&stage.at("/")).await;
    stage.chromium.clicks("Sign in with Microsoft").await;
    stage.chromium.sees("Pick an account").await;
    stage.chromium.clicks(person).await;
    stage.chromium.sees("Your tickets").await;
}

async fn signs_out(stage: &Stage) {
    stage.chromium.open(&stage.at("/tickets")).await;
    stage.chromium.sees("Your tickets").await;
    stage.chromium.clicks("Sign out").await;
    stage.chromium.sees("You are signed out").await;
}

async fn opens(chromium: &Chromium, title: &str, text: &str) {
    chromium.types(title, "input[name=title]").await;
    chromium.types(text, "textarea").await;
    chromium.clicks("Open a ticket").await;
}
