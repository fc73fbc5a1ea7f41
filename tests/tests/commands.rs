//! The developer commands, run as a person runs them who has just cloned the project.

mod commands {
    mod clone;
    mod deploy;
    mod dev;
    mod mistakes;
    mod plain;
    mod running;
}
