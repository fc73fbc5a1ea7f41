//! A real Chromium on the demo store and on pages that mean no good: what people see, and what pages must never notice.
//!
//! Each test has a program and a site of its own on the shared edge. A person is a browser with a fresh profile.

mod browser {
    mod applying;
    mod bad_days;
    mod barriers;
    mod barriers_in_pages;
    mod bundled;
    mod codes;
    mod cookies;
    mod dialog;
    mod events;
    mod evidence;
    mod examples;
    mod hosts;
    mod keyboard;
    mod landing;
    mod languages;
    mod leads;
    mod looks;
    mod messages;
    mod names;
    mod notes;
    mod once_only;
    mod pictures;
    mod places;
    mod portals;
    mod prompts;
    mod quiet_pages;
    mod review;
    mod sharing;
    mod single_pages;
    mod so_far;
    mod stays_out_of_the_way;
    mod story;
    mod things;
    mod traps;
}
