//! What can happen next, and how often it does.

mod claims;
mod events;
mod merchant;
mod orders;
mod people;
mod reviews;
mod rewards;
mod undos;

use crate::books::{check_all, check_books};
use crate::facts::check_facts;
use crate::figures::Figures;
use crate::imagined::cut;
use crate::model::DAY_MS;
use crate::outside;
use crate::repeat::say_again;
use crate::violation::{Check, Violation};
use crate::world::World;

/// A step and its share.
type Step = (usize, &'static str, fn(&mut World) -> Check);

const STEPS: [Step; 27] = [
    (9, "enrol", people::enrol),
    (3, "guest", people::guest),
    (14, "click", claims::click),
    (14, "claim", claims::claim),
    (3, "codes of the shop", claims::codes),
    (5, "staff", claims::staff),
    (7, "event", events::event),
    (24, "order", orders::order),
    (2, "another order of the same id", orders::other_contents),
    (20, "undo", undos::undo),
    (6, "a merchant's step", rewards::step),
    (5, "review", reviews::review),
    (1, "block a card", reviews::block),
    (3, "take credit", rewards::take),
    (3, "choose a reward", rewards::choose),
    (3, "settings", merchant::settings),
    (3, "keys", merchant::rotate_key),
    (4, "read", merchant::read),
    (3, "nonsense", merchant::nonsense),
    (6, "say again", again),
    (12, "the alarm rings", alarm),
    (3, "the alarm is lost", alarm_is_lost),
    (3, "the endpoint fails or works again", endpoint),
    (2, "replay", outside::replay),
    (5, "days pass", days_pass),
    (3, "the clock is set back", clock_is_set_back),
    (2, "restart", restart),
];

/// A run that has failed: what was wrong, where, and what had happened before.
pub struct Failed {
    /// The seed.
    pub seed: u64,
    /// The step, from 1.
    pub step: usize,
    /// Its name.
    pub name: &'static str,
    /// What was wrong.
    pub violation: Violation,
    /// The last commands.
    pub trace: Vec<String>,
}

/// Runs one seed. Returns what it has done.
pub fn run(seed: u64, steps: usize) -> Result<Figures, Box<Failed>> {
    let failed = |step, name, violation, trace| {
        Box::new(Failed {
            seed,
            step,
            name,
            violation,
            trace,
        })
    };
    let mut world =
        World::new(seed).map_err(|violation| failed(0, "create", violation, Vec::new()))?;
    for number in 1..=steps {
        let (_, name, step) = next_step(&world);
        world.note(format!("-- step {number}: {name}"));
        let mut done = one(&mut world, step);
        if number * 2 >= steps && world.half.is_none() {
            done = done.and_then(|()| cut(&mut world));
        }
        done.map_err(|violation| {
            failed(number, name, violation, world.trace().cloned().collect())
        })?;
    }
    let end = World::mature(&mut world)
        .and_then(|()| outside::settle(&mut world))
        .and_then(|()| outside::rest(&mut world))
        .and_then(|()| check_all(&mut world));
    end.map_err(|violation| {
        failed(
            steps + 1,
            "the end",
            violation,
            world.trace().cloned().collect(),
        )
    })?;
    Ok(world.figures)
}

fn one(world: &mut World, step: fn(&mut World) -> Check) -> Check {
    world.clock += world.rng.between(1_000, 10_000_000);
    world.latest = world.latest.max(world.clock);
    step(world)?;
    world.latest = world.latest.max(world.clock);
    world.figures.checks += check_books(&world.ledger)? + check_facts(&world.ledger)? + 1;
    outside::check_alarm(world)
}

fn next_step(world: &World) -> Step {
    let all: usize = STEPS.iter().map(|(share, ..)| share).sum();
    let mut drawn = world.rng.below(all);
    for step in STEPS {
        if drawn < step.0 {
            return step;
        }
        drawn -= step.0;
    }
    STEPS[0]
}

/// The object grants what is due and tells what there is to tell; now and then only half of it. It rings late, because
/// steps take hours, and now and then twice.
fn alarm(world: &mut World) -> Check {
    let works = world.rng.chance(85);
    world.ledger.ring(works, world.skewed_now());
    if !works {
        // Somebody works already, and is gone before the end.
        return world.restart();
    }
    if world.rng.chance(80) {
        world.mature()?;
    }
    if world.rng.chance(60) {
        outside::deliver(world)?;
    }
    if world.rng.chance(70) {
        outside::sign_head(world)?;
    }
    outside::arm(world);
    if world.rng.chance(10) {
        world.note("it rings again".into());
        return alarm(world);
    }
    Ok(())
}

fn alarm_is_lost(world: &mut World) -> Check {
    outside::lose_alarm(world)
}

#[expect(clippy::unnecessary_wraps, reason = "a step like any other")]
fn endpoint(world: &mut World) -> Check {
    world.outside.down = !world.outside.down;
    Ok(())
}

fn again(world: &mut World) -> Check {
    if world.said.is_empty() {
        return Ok(());
    }
    let index = world.rng.below(world.said.len());
    say_again(world, index)
}

#[expect(clippy::unnecessary_wraps, reason = "a step like any other")]
fn days_pass(world: &mut World) -> Check {
    let days = *world.rng.pick(&[1, 1, 2, 3, 8, 14, 15, 31, 91, 366]);
    world.clock += days * DAY_MS;
    Ok(())
}

/// A machine's clock was wrong for a while, by minutes or hours.
#[expect(clippy::unnecessary_wraps, reason = "a step like any other")]
fn clock_is_set_back(world: &mut World) -> Check {
    world.clock -= world.rng.between(60_000, 6 * 3_600_000);
    Ok(())
}

fn restart(world: &mut World) -> Check {
    if world.rng.chance(30) {
        world.rotate_secret()
    } else {
        world.restart()
    }
}
