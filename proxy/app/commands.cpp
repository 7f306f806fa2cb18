#include "proxy/app/commands.hpp"

#include "proxy/app/options.hpp"
#include "proxy/app/version.hpp"

#include <fmt/core.h>

#include <array>
#include <cstdio>

namespace millrace::app {

namespace {

struct command {
    std::string_view name;
    std::string_view summary;
    int (*run)(arguments);
};

constexpr std::array commands{
    command{"serve", "run the gateway", &serve_command},
    command{"check", "validate a configuration file", &check_command},
    command{"status", "show routes, weights and traffic of a running gateway", &status_command},
    command{"weights", "show or set the weights of a route", &weights_command},
    command{"rollouts", "show the rollouts of a running gateway", &rollouts_command},
    command{"explain", "tell what a rollout decided, on what evidence", &explain_command},
    command{"pause", "give a rollout's candidates no more weight", &pause_command},
    command{"resume", "let a rollout go on after a pause", &resume_command},
    command{"approve", "let happen what waits for a person", &approve_command},
    command{"promote", "make the candidate of a rollout the primary", &promote_command},
    command{"rollback", "take the candidates of a rollout out", &rollback_command},
    command{"audit", "show who changed what on a running gateway", &audit_command},
    command{"webhooks", "show webhooks and dead letters, or send one again", &webhooks_command},
    command{"replay", "recompute the decisions of a journal and compare", &replay_command},
    command{"import", "make a configuration of Iter8's documents", &import_command},
    command{"schema", "print the JSON Schema of the configuration file", &schema_command},
    command{"simulate", "try a rollout's policy in described worlds", &simulate_command},
    command{"stats", "compute a function of the rollout statistics", &stats_command},
};

void print_help() {
    fmt::print(
        "millrace {}: a gateway that splits traffic between model versions\n\n"
        "usage: millrace COMMAND [OPTIONS]\n\ncommands:\n",
        version_text
    );
    for (auto const& each : commands) {
        fmt::print("  {:<9} {}\n", each.name, each.summary);
    }
    fmt::print(
        "\n'millrace COMMAND --help' tells the options; 'millrace --version' what was built.\n\n"
        "exit codes: 0 done, 1 failed, 2 wrong command line, 3 wrong configuration,\n"
        "            4 no running gateway answered, 5 nothing could be verified\n"
    );
}

}  // namespace

int run_command(arguments given) {
    if (given.empty()) {
        print_help();
        return exit_bad_arguments;
    }
    auto const name = given.front();
    if (name == "--version") {
        fmt::print(
            "millrace {} ({}, {}, {})\n",
            version_text,
            revision_text,
            build_type_text,
            compiler_text
        );
        return exit_ok;
    }
    if (name == "-h" || name == "--help" || name == "help") {
        print_help();
        return exit_ok;
    }
    for (auto const& each : commands) {
        if (each.name == name) {
            return each.run(given.subspan(1));
        }
    }
    fmt::print(stderr, "millrace: unknown command '{}'; see 'millrace --help'\n", name);
    return exit_bad_arguments;
}

}  // namespace millrace::app
