// replay: recomputes the decisions of a journal.
#include "proxy/app/commands.hpp"
#include "proxy/app/options.hpp"
#include "proxy/app/replay.hpp"
#include "proxy/base/ascii.hpp"
#include "proxy/config/loader.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string>
#include <vector>

namespace millrace::app {

namespace {

namespace json = boost::json;

constexpr std::size_t rollouts_max = 100'000;

void print_help() {
    fmt::print(
        "usage: millrace replay [-c FILE | --data-dir DIR] [ROLLOUT] [OPTIONS]\n\n"
        "Feeds the recorded inputs of rollouts to the controller's code again and compares every\n"
        "decision with the record: bit for bit where the same build on a processor with the same\n"
        "features decided, elsewhere the same verdicts and values within the tolerance. Says "
        "which\n"
        "decision differs, and how. A gateway may be at work on the directory; nothing is "
        "changed.\n\n"
        "      ROLLOUT          a number, or a route: its newest one (default: all that are kept)\n"
        "  -c, --config FILE    take the data_dir of this configuration\n"
        "      --data-dir DIR   the data directory\n"
        "      --tolerance X    values may differ by X times the larger of 1 and their size\n"
        "                       (default: 0 on the same build and processor, else 1e-9)\n"
        "      --json           one JSON object for each rollout\n\n"
        "exit codes: 0 all is as recorded, 1 something differs or the record is damaged,\n"
        "            2 wrong command line, 3 wrong configuration,\n"
        "            5 nothing could be verified: no journal, or no inputs are kept\n"
    );
}

struct asked {
    std::string directory;
    std::string rollout;  ///< empty: all
    std::optional<double> tolerance;
    bool as_json = false;
};

std::optional<double> number_of(const std::string& text) {
    double value = 0;
    auto const* const end = text.data() + text.size();
    auto const read = std::from_chars(text.data(), end, value);
    bool const good = read.ec == std::errc{} && read.ptr == end && value >= 0;
    return good ? std::optional{value} : std::nullopt;
}

/// Fills what the command line says; an exit code when it is wrong.
std::optional<int> read(arguments given, asked& to) {
    auto const parsed = options::parse(
        given, {.with_value = {"-c", "--config", "--data-dir", "--tolerance"}, .flags = {"--json"}}
    );
    if (!parsed) {
        return exit_bad_arguments;
    }
    if (parsed->rest().size() > 1) {
        fmt::print(stderr, "millrace: replay takes one ROLLOUT at most; see --help\n");
        return exit_bad_arguments;
    }
    to.rollout = parsed->rest().empty() ? std::string{} : std::string{parsed->rest().front()};
    to.as_json = parsed->has("--json");
    if (auto const text = parsed->value("", "--tolerance")) {
        to.tolerance = number_of(*text);
        if (!to.tolerance) {
            fmt::print(stderr, "millrace: '{}' is no tolerance of 0 or more\n", *text);
            return exit_bad_arguments;
        }
    }
    to.directory = parsed->value("", "--data-dir").value_or("");
    if (auto const file = parsed->value("-c", "--config"); file && to.directory.empty()) {
        auto const loaded = config::load_file(*file);
        if (!loaded) {
            fmt::print(stderr, "{}", config::to_text(loaded.error()));
            return exit_bad_config;
        }
        to.directory = loaded->data_dir;
    }
    if (to.directory.empty()) {
        fmt::print(stderr, "millrace: replay needs --data-dir DIR, or -c FILE with a data_dir\n");
        return exit_bad_arguments;
    }
    return std::nullopt;
}

/// The rollouts that are meant, oldest first; an error text in `error`, or empty.
std::vector<journal::rollout_id> chosen(
    const journal::reader& from, const std::string& asked, std::string& error
) {
    if (auto const number = ascii::parse_decimal(asked)) {
        return {{static_cast<std::int64_t>(*number)}};
    }
    std::vector<journal::rollout_id> found;
    for (auto const& row : from.rollouts(asked, asked.empty() ? rollouts_max : 1, error)) {
        // Of all, those that can be replayed.
        auto const kept = from.checkpoints(row.id, 0, 1, error);
        if (!asked.empty() || !kept.empty()) {
            found.push_back(row.id);
        }
    }
    std::reverse(found.begin(), found.end());
    return found;
}

json::object object_of(const replay_report& report) {
    json::array differences;
    for (auto const& each : report.differences) {
        differences.emplace_back(each);
    }
    return {
        {"rollout", report.rollout.value},
        {"route", report.route},
        {"begins", report.begins},
        {"first_input", report.first_input},
        {"inputs", report.inputs},
        {"decisions", report.decisions},
        {"decisions_without_inputs", report.decisions_without_inputs},
        {"memories", report.memories},
        {"resumes", report.resumes},
        {"missing_ms", report.missing.count()},
        {"inputs_lost", report.inputs_lost},
        {"exact", report.exact},
        {"tolerance", report.tolerance},
        {"differences", std::move(differences)},
        {"error", report.error}};
}

void print_story(const replay_report& report) {
    if (!report.error.empty()) {
        fmt::print("rollout {}: {}\n", report.rollout.value, report.error);
        return;
    }
    auto const how = report.exact ? std::string{"bit for bit"}
                                  : fmt::format("verdicts, and values to {:g}", report.tolerance);
    fmt::print(
        "rollout {} of route '{}': {} inputs and {} decisions {}; from the checkpoint '{}', "
        "input {}\n",
        report.rollout.value,
        report.route,
        report.inputs,
        report.decisions,
        report.differences.empty() ? "as recorded, " + how : "as recorded, others not",
        report.begins,
        report.first_input
    );
    fmt::print("  {} memories came out bit for bit\n", report.memories);
    if (report.resumes != 0) {
        fmt::print(
            "  resumed {} times; {} ms passed between the last commits and going on\n",
            report.resumes,
            report.missing.count()
        );
    }
    if (report.inputs_lost != 0) {
        fmt::print("  {} inputs never reached the disk\n", report.inputs_lost);
    }
    if (report.decisions_without_inputs != 0) {
        fmt::print(
            "  {} recorded decisions came of no input that is kept, and were not verified\n",
            report.decisions_without_inputs
        );
    }
    for (auto const& each : report.differences) {
        fmt::print("  DIFFERS: {}\n", each);
    }
}

}  // namespace

int replay_command(arguments given) {
    if (asks_for_help(given)) {
        print_help();
        return exit_ok;
    }
    asked what;
    if (auto const wrong = read(given, what)) {
        return *wrong;
    }
    std::string error;
    auto const reader = journal::reader::open(what.directory, error);
    if (!reader) {
        fmt::print(stderr, "millrace: {}\n", error);
        return exit_nothing_verified;
    }
    auto const rollouts = chosen(*reader, what.rollout, error);
    if (!error.empty()) {
        fmt::print(stderr, "millrace: {}\n", error);
        return exit_failed;
    }
    bool differs = false;
    std::size_t verified = 0;
    for (auto const rollout : rollouts) {
        auto const report = replay(*reader, rollout, what.tolerance);
        if (what.as_json) {
            fmt::print("{}\n", json::serialize(object_of(report)));
        } else {
            print_story(report);
        }
        differs = differs || !report.differences.empty() || report.is_damaged;
        verified += report.error.empty() ? 1 : 0;
    }
    if (differs) {
        return exit_failed;
    }
    if (verified == 0 && !what.as_json) {
        fmt::print("nothing could be verified\n");
    }
    return verified == 0 ? exit_nothing_verified : exit_ok;
}

}  // namespace millrace::app
