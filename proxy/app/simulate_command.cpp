// simulate: a rollout's policy in described worlds, before it is trusted with a real one.
#include "proxy/app/commands.hpp"
#include "proxy/app/forecast_report.hpp"
#include "proxy/app/options.hpp"
#include "proxy/app/rollout_ports.hpp"
#include "proxy/app/simulate_report.hpp"
#include "proxy/base/clock.hpp"
#include "proxy/config/loader.hpp"
#include "proxy/config/world_loader.hpp"
#include "proxy/simulation/rival_run.hpp"
#include "proxy/simulation/run.hpp"
#include "proxy/simulation/summary.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace millrace::app {

namespace json = boost::json;

namespace {

using simulation::world_case;

void print_help() {
    fmt::print(
        "usage: millrace simulate --world WORLD [-c FILE] [OPTIONS]\n"
        "       millrace simulate -c FILE --requests-per-hour N [--route NAME]\n\n"
        "Runs the controller's own code against described worlds on a virtual clock and tells how\n"
        "often its verdicts are wrong, how long they take and what they cost.\n\n"
        "      --world WORLD     the file that describes them; bench/worlds has examples\n"
        "  -c, --config FILE     take the rollout from this configuration, else from WORLD\n"
        "      --route NAME      of that route; needed when several have a rollout\n"
        "      --case NAME       this world of the file only\n"
        "      --runs N          rollouts per world (default 500)\n"
        "      --seed S          the same seed gives the same figures (default 1)\n"
        "      --rules           also what the rules of Flagger, Argo and Kayenta would do\n"
        "      --json            print JSON\n"
        "      --requests-per-hour N\n"
        "                        run nothing, say how long the evidence of each step takes at so\n"
        "                        much traffic: a mean, where 1 % of requests fail and 10 % of\n"
        "                        labels are wrong\n\n"
        "A verdict is wrong when a candidate is rolled back that is at no time worse, or promoted\n"
        "though it is at its margin or beyond all the time. Intervals are exact, of 99 %.\n\n"
        "exit codes: 0 done, 1 a target of a world was missed, 2 wrong command line,\n"
        "            3 wrong configuration or world\n"
    );
}

struct request {
    std::string world_file;
    std::optional<std::string> config_file;
    std::optional<std::string> route;
    std::optional<std::string> only;
    std::uint64_t runs = 500;
    std::uint64_t seed = 1;
    std::uint64_t requests_per_hour = 0;  ///< above 0: a forecast is asked for
    bool rules = false;
    bool as_json = false;
};

bool read_number(
    const options& from, std::string_view name, std::uint64_t least, std::uint64_t& to
) {
    auto const text = from.value("", name);
    if (!text) {
        return true;
    }
    auto const* const end = text->data() + text->size();
    auto const [stop, error] = std::from_chars(text->data(), end, to);
    if (error == std::errc{} && stop == end && to >= least) {
        return true;
    }
    fmt::print(
        stderr, "millrace: {} must be an integer of at least {}, not '{}'\n", name, least, *text
    );
    return false;
}

std::optional<request> request_of(arguments given) {
    auto const parsed = options::parse(
        given,
        {.with_value =
             {"-c",
              "--config",
              "--world",
              "--route",
              "--case",
              "--runs",
              "--seed",
              "--requests-per-hour"},
         .flags = {"--rules", "--json"}}
    );
    if (!parsed) {
        return std::nullopt;
    }
    request made;
    auto const world = parsed->value("", "--world");
    made.config_file = parsed->value("-c", "--config");
    if (!read_number(*parsed, "--requests-per-hour", 1, made.requests_per_hour)) {
        return std::nullopt;
    }
    bool const forecasts = made.requests_per_hour > 0 && made.config_file && !world;
    if ((!world && !forecasts) || !parsed->rest().empty()) {
        fmt::print(
            stderr,
            "millrace: simulate needs --world WORLD, or -c FILE with --requests-per-hour N; see "
            "--help\n"
        );
        return std::nullopt;
    }
    made.world_file = world.value_or("");
    made.route = parsed->value("", "--route");
    made.only = parsed->value("", "--case");
    made.rules = parsed->has("--rules");
    made.as_json = parsed->has("--json");
    if (!read_number(*parsed, "--runs", 1, made.runs) ||
        !read_number(*parsed, "--seed", 0, made.seed)) {
        return std::nullopt;
    }
    return made;
}

/// The name of the route whose rollout is meant; prints what is wrong.
std::optional<std::string> route_of(const config::configuration& from, const request& asked) {
    auto const& all = from.rollouts;
    if (asked.route && all.contains(*asked.route)) {
        return asked.route;
    }
    if (asked.route) {
        fmt::print(stderr, "millrace: no route '{}' with a rollout\n", *asked.route);
    } else if (all.size() != 1) {
        fmt::print(stderr, "millrace: {} routes have a rollout; name one by --route\n", all.size());
    } else {
        return all.begin()->first;
    }
    return std::nullopt;
}

bool has_versions(const world_case& each) {
    auto const& policy = *each.world.rollout;
    auto names = policy.candidates;
    names.push_back(policy.primary);
    for (auto const& name : names) {
        if (simulation::version_named(each.world, name) == each.world.versions.size()) {
            fmt::print(stderr, "millrace: the world has no version '{}'\n", name);
            return false;
        }
    }
    return true;
}

/// The rollout of a route of the configuration; prints what is wrong.
std::optional<control::rollout_setup> setup_of(const request& asked) {
    auto const loaded = config::load_file(*asked.config_file);
    if (!loaded) {
        fmt::print(stderr, "{}", config::to_text(loaded.error()));
        return std::nullopt;
    }
    auto const route = route_of(*loaded, asked);
    if (!route) {
        return std::nullopt;
    }
    return rollout_setup_of(*loaded, *route, loaded->rollouts.at(*route));
}

/// Gives the worlds the rollout of a route of the configuration.
bool take_rollout(std::vector<world_case>& worlds, const request& asked) {
    auto const setup = setup_of(asked);
    if (!setup) {
        return false;
    }
    for (auto& each : worlds) {
        each.world.rollout = setup->params;
        if (setup->total_timeout.count() > 0) {
            each.world.total_timeout = setup->total_timeout;
        }
    }
    return true;
}

/// No world tells values of custom metrics: without their objectives a rollout can be tried at all.
void leave_objectives_out(world_case& each) {
    if (!each.world.rollout || each.world.rollout->objectives.empty()) {
        return;
    }
    fmt::print(stderr, "millrace: {}: objectives on custom metrics are left out\n", each.name);
    each.world.rollout->objectives.clear();
}

int forecast(const request& asked) {
    auto const setup = setup_of(asked);
    if (!setup) {
        return exit_bad_config;
    }
    auto const timeout =
        setup->total_timeout.count() > 0 ? setup->total_timeout : rollout::milliseconds{60'000};
    fmt::print(
        "{}",
        forecast_text(
            rollout::forecast_of(setup->params, timeout),
            static_cast<double>(asked.requests_per_hour)
        )
    );
    return exit_ok;
}

/// The worlds to run, each with a rollout; prints what is wrong.
std::optional<std::vector<world_case>> worlds_of(const request& asked) {
    auto loaded = config::load_world_file(asked.world_file);
    if (!loaded) {
        fmt::print(stderr, "{}", config::to_text(loaded.error()));
        return std::nullopt;
    }
    auto worlds = std::move(*loaded);
    // A file's only world goes by the file's name.
    if (worlds.size() == 1 && worlds.front().name.empty()) {
        worlds.front().name = std::filesystem::path{asked.world_file}.stem().string();
    }
    if (asked.only) {
        std::erase_if(worlds, [&asked](const auto& each) { return each.name != *asked.only; });
    }
    if (worlds.empty()) {
        fmt::print(stderr, "millrace: {} has no case '{}'\n", asked.world_file, *asked.only);
        return std::nullopt;
    }
    if (asked.config_file && !take_rollout(worlds, asked)) {
        return std::nullopt;
    }
    for (auto& each : worlds) {
        leave_objectives_out(each);
        if (!each.world.rollout) {
            fmt::print(stderr, "millrace: no rollout: {} has none, and no -c\n", asked.world_file);
            return std::nullopt;
        }
        if (!has_versions(each)) {
            return std::nullopt;
        }
    }
    return worlds;
}

void simulate_rivals(const world_case& each, const request& asked, std::vector<simulated>& to) {
    auto const& policy = *each.world.rollout;
    auto const truth = simulation::truth_of(each.world, policy);
    for (auto const& rival : simulation::rivals()) {
        auto const runs = simulation::run_many(asked.runs, asked.seed, [&](std::uint64_t seed) {
            return rival.run(each.world, policy, seed);
        });
        to.push_back({each.name, std::string{rival.name}, simulation::summarize(runs, truth), {}});
    }
}

simulated simulate(const world_case& each, const request& asked) {
    auto const& policy = *each.world.rollout;
    auto const runs = simulation::run_many(asked.runs, asked.seed, [&](std::uint64_t seed) {
        return simulation::run_once(each.world, policy, seed);
    });
    auto const truth = simulation::truth_of(each.world, policy);
    return {each.name, "millrace", simulation::summarize(runs, truth), each.world.target};
}

void print(const std::vector<simulated>& rows, const request& asked) {
    if (!asked.as_json) {
        fmt::print(
            "{}: {} runs of each world, seed {}\n\n", asked.world_file, asked.runs, asked.seed
        );
        fmt::print("{}", table_of(rows));
        return;
    }
    json::array worlds;
    for (auto const& row : rows) {
        worlds.push_back(json_of(row));
    }
    json::object const all{
        {"file", asked.world_file},
        {"seed", asked.seed},
        {"confidence", 0.99},
        {"worlds", std::move(worlds)}};
    fmt::print("{}\n", json::serialize(all));
}

}  // namespace

int simulate_command(arguments given) {
    if (asks_for_help(given)) {
        print_help();
        return exit_ok;
    }
    auto const asked = request_of(given);
    if (!asked) {
        return exit_bad_arguments;
    }
    if (asked->world_file.empty()) {
        return forecast(*asked);
    }
    auto const worlds = worlds_of(*asked);
    if (!worlds) {
        return exit_bad_config;
    }
    auto const began = clock::now();
    std::uint64_t requests = 0;
    std::vector<simulated> rows;
    for (auto const& each : *worlds) {
        rows.push_back(simulate(each, *asked));
        requests += rows.back().summary.simulated;
    }
    auto const seconds = std::chrono::duration<double>(clock::now() - began).count();
    if (asked->rules) {
        std::vector<simulated> with_rivals;
        for (std::size_t i = 0; i < worlds->size(); ++i) {
            with_rivals.push_back(rows[i]);
            simulate_rivals((*worlds)[i], *asked, with_rivals);
        }
        rows = std::move(with_rivals);
    }
    print(rows, *asked);
    auto const millions = static_cast<double>(requests) / 1e6;
    fmt::print(
        stderr,
        "\n{:.1f} million requests in {:.1f} s, {:.1f} million/s\n",
        millions,
        seconds,
        millions / seconds
    );
    bool const reached = std::all_of(rows.begin(), rows.end(), [](const auto& row) {
        return row.judged().all_reached();
    });
    return reached ? exit_ok : exit_failed;
}

}  // namespace millrace::app
