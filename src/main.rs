//! The `routewarden` program.

fn main() -> std::process::ExitCode {
    routewarden::cli::run(std::env::args_os())
}
