#include "proxy/config/world_loader.hpp"

#include "proxy/config/document.hpp"
#include "proxy/config/reader.hpp"
#include "proxy/config/source_text.hpp"
#include "proxy/config/wording.hpp"
#include "proxy/config/world_shapes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::config {

namespace {

using simulation::world_case;
using simulation::world_params;

world_result failed(config_errors errors) {
    return {boost::system::in_place_error, std::move(errors)};
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> names_of(const world_params& world) {
    std::vector<std::string> names;
    for (auto const& each : world.versions) {
        names.push_back(each.name);
    }
    return names;
}

/// Without a primary's name it is the version that is no candidate, if there is just one.
void name_primary(world_params& world) {
    auto& primary = world.rollout->primary;
    if (!primary.empty()) {
        return;
    }
    auto rest = names_of(world);
    std::erase_if(rest, [&world](const auto& name) {
        return contains(world.rollout->candidates, name);
    });
    if (rest.size() == 1) {
        primary = rest.front();
    }
}

void check_times_rise(reader& in, const node& at, const world_params& world) {
    auto const rise = [](const auto& all) {
        return std::adjacent_find(all.begin(), all.end(), [](const auto& a, const auto& b) {
                   return a.at >= b.at;
               }) == all.end();
    };
    if (!rise(world.course)) {
        in.fail(at, "expected a course whose times rise");
    }
    for (auto const& each : world.versions) {
        if (!rise(each.changes)) {
            in.fail(
                at, fmt::format("expected changes of {} whose times rise", in_quotes(each.name))
            );
        }
    }
}

void check_versions(reader& in, const node& at, const world_params& world) {
    auto const known = names_of(world);
    if (known.size() < 2) {
        in.fail(at, fmt::format("expected at least two versions, got {}", known.size()));
        return;
    }
    if (!world.rollout) {
        return;
    }
    auto wanted = world.rollout->candidates;
    if (world.rollout->primary.empty()) {
        in.fail(at, "expected a rollout that names its primary: several versions can be it");
        return;
    }
    wanted.push_back(world.rollout->primary);
    for (auto const& name : wanted) {
        if (!contains(known, name)) {
            in.fail(
                at,
                fmt::format(
                    "expected a version of the world in its rollout, got {}", in_quotes(name)
                ),
                nearest(name, known)
            );
        }
    }
}

/// Users are simulated by their failures only, between two versions.
void check_users(reader& in, const node& at, const world_params& world) {
    if (!world.rollout || (!world.users && !world.rollout->unit_outcome)) {
        return;
    }
    if (!world.users || !world.rollout->unit_outcome) {
        in.fail(at, "expected 'users' in the world and 'unit_outcome' in its rollout together");
        return;
    }
    auto const& guardrails = world.rollout->guardrails;
    bool const only_errors =
        std::all_of(guardrails.begin(), guardrails.end(), [](const auto& each) {
            return each.kind == rollout::metric_kind::error_rate;
        });
    if (!only_errors || !world.rollout->rewards.empty() || world.rollout->candidates.size() != 1) {
        in.fail(at, "expected one candidate with guardrails on error_rate alone beside 'users'");
    }
}

/// The rules between distant values of one world, told at `at`.
void complete(reader& in, const node& at, world_params& world) {
    if (world.rollout) {
        name_primary(world);
    }
    check_versions(in, at, world);
    check_times_rise(in, at, world);
    check_users(in, at, world);
}

std::vector<world_case> read_cases(reader& in, const world_document& document) {
    std::vector<world_case> made;
    reader::scope const inside{in, "cases"};
    for (std::size_t i = 0; i < document.cases->items.size(); ++i) {
        reader::scope const deeper{in, i};
        auto const& from = *document.cases->items[i];
        made.push_back({.name = {}, .world = document.shared});
        auto const errors_before = in.error_count();
        world_case_shape().read(in, from, made.back());
        if (in.error_count() == errors_before) {
            complete(in, from, made.back().world);
        }
    }
    return made;
}

}  // namespace

world_result load_world_file(const std::string& path) {
    auto text = read_source(path);
    return text ? load_world_text(*text, path) : failed(std::move(text.error()));
}

world_result load_world_text(std::string_view text, const std::string& name) {
    auto document = parse_document(text, name);
    if (!document.root) {
        return failed(std::move(document.errors));
    }
    reader in{name};
    world_document read;
    world_document_shape().read(in, *document.root, read);
    std::vector<world_case> worlds;
    if (read.cases != nullptr) {
        worlds = read_cases(in, read);
    } else if (in.error_count() == 0) {
        complete(in, *document.root, read.shared);
        worlds.push_back({.name = {}, .world = std::move(read.shared)});
    }
    auto errors = in.take();
    if (!errors.empty()) {
        return failed(std::move(errors));
    }
    return {boost::system::in_place_value, std::move(worlds)};
}

}  // namespace millrace::config
