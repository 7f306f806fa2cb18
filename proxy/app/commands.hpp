#pragma once

#include <span>
#include <string_view>

/// The subcommands of `millrace`. Each gets what stands behind its name and returns the exit code.
namespace millrace::app {

/// Exit codes, the same for every command.
enum exit_code : int {
    exit_ok = 0,
    exit_failed = 1,            ///< it was understood and did not work
    exit_bad_arguments = 2,     ///< the command line is wrong
    exit_bad_config = 3,        ///< the configuration file is wrong
    exit_unreachable = 4,       ///< no running gateway answered
    exit_nothing_verified = 5,  ///< there was nothing to compare
};

using arguments = std::span<const std::string_view>;

/// Runs the command that the arguments name; prints help when asked or when there is none.
[[nodiscard]] int run_command(arguments given);

[[nodiscard]] int serve_command(arguments given);
[[nodiscard]] int check_command(arguments given);
[[nodiscard]] int status_command(arguments given);
[[nodiscard]] int weights_command(arguments given);
[[nodiscard]] int rollouts_command(arguments given);
[[nodiscard]] int explain_command(arguments given);
[[nodiscard]] int pause_command(arguments given);
[[nodiscard]] int resume_command(arguments given);
[[nodiscard]] int approve_command(arguments given);
[[nodiscard]] int promote_command(arguments given);
[[nodiscard]] int rollback_command(arguments given);
[[nodiscard]] int audit_command(arguments given);
[[nodiscard]] int webhooks_command(arguments given);
[[nodiscard]] int replay_command(arguments given);
[[nodiscard]] int schema_command(arguments given);
[[nodiscard]] int import_command(arguments given);
[[nodiscard]] int stats_command(arguments given);
[[nodiscard]] int simulate_command(arguments given);

}  // namespace millrace::app
