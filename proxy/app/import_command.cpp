// import: documents of other tools become a configuration.
#include "proxy/app/commands.hpp"
#include "proxy/app/import_text.hpp"
#include "proxy/app/options.hpp"
#include "proxy/config/iter8_loader.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <iterator>
#include <optional>
#include <string>

namespace millrace::app {

namespace {

void print_help() {
    fmt::print(
        "usage: millrace import iter8 FILE...\n\n"
        "Prints a configuration made of Iter8's v2alpha2 documents: one Experiment, and the "
        "Metrics "
        "that\n"
        "it refers to, in one file or several. What could not be carried over is told on standard "
        "error\n"
        "and in comments. The result passes `millrace check`; read the comments before you use "
        "it.\n\n"
        "exit codes: 0 done, 2 wrong command line, 3 wrong documents\n"
    );
}

/// Everything of the files; prints what is wrong with them.
std::optional<iter8::documents> load_all(arguments files) {
    iter8::documents all;
    bool good = true;
    for (auto const file : files) {
        auto loaded = config::load_iter8_file(std::string{file});
        if (!loaded) {
            fmt::print(stderr, "{}", config::to_text(loaded.error()));
            good = false;
            continue;
        }
        std::move(
            loaded->experiments.begin(),
            loaded->experiments.end(),
            std::back_inserter(all.experiments)
        );
        std::move(loaded->metrics.begin(), loaded->metrics.end(), std::back_inserter(all.metrics));
    }
    return good ? std::optional{std::move(all)} : std::nullopt;
}

}  // namespace

int import_command(arguments given) {
    if (given.empty() || asks_for_help(given)) {
        print_help();
        return given.empty() ? exit_bad_arguments : exit_ok;
    }
    if (given.front() != "iter8" || given.size() < 2) {
        fmt::print(stderr, "millrace: import needs 'iter8' and files; see --help\n");
        return exit_bad_arguments;
    }
    auto const read = load_all(given.subspan(1));
    if (!read) {
        return exit_bad_config;
    }
    if (read->experiments.size() != 1) {
        fmt::print(
            stderr,
            "millrace: expected one Experiment of iter8.tools/v2alpha2, got {}\n",
            read->experiments.size()
        );
        return exit_bad_config;
    }
    auto const made = iter8::import_experiment(read->experiments.front(), read->metrics);
    for (auto const& note : made.notes) {
        fmt::print(stderr, "millrace: {}\n", note);
    }
    fmt::print("{}", import_text(made, read->experiments.front().name));
    return exit_ok;
}

}  // namespace millrace::app
