#include "proxy/iter8/import.hpp"

#include "proxy/iter8/import_names.hpp"
#include "proxy/iter8/weights.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace millrace::iter8 {

namespace json = boost::json;

namespace {

// Both arms of a comparison keep at least one percent.
constexpr double candidates_percent_max = 99;

// Where a container finds the secrets that are mounted for it.
constexpr const char* secrets_root = "/run/secrets/";

constexpr std::uint64_t year_seconds = 365ULL * 24 * 3600;

/// One import while it grows.
class importer {
 public:
    importer(const experiment& of, const std::vector<metric>& metrics)
        : of_{of}, metrics_{metrics} {}

    imported run() {
        name_versions();
        made_.document["listeners"] = json::array{json::object{{"bind", "0.0.0.0:8080"}}};
        made_.document["backends"] = backends();
        auto route = json::object{
            {"name", plain_name(of_.name.empty() ? "experiment" : of_.name)},
            {"match", json::object{{"path_prefix", "/"}}},
            {"backend_refs", refs()}};
        if (of_.versions.size() > 1) {
            route["rollout"] = rollout();
        } else {
            note(
                "It has no candidate (Conformance), so there is no rollout and its objectives are "
                "not judged."
            );
        }
        made_.document["routes"] = json::array{std::move(route)};
        note_leftovers();
        return std::move(made_);
    }

 private:
    void note(std::string text) { made_.notes.push_back(std::move(text)); }

    [[nodiscard]] double candidates() const { return static_cast<double>(of_.versions.size() - 1); }

    // Versions.

    void name_versions() {
        for (auto const& version : of_.versions) {
            auto name = plain_name(version.name);
            while (std::find(names_.begin(), names_.end(), name) != names_.end()) {
                name += "_";
            }
            names_.push_back(std::move(name));
        }
    }

    json::object backends() {
        json::object all;
        for (std::size_t i = 0; i < names_.size(); ++i) {
            auto host = names_[i];
            std::replace(host.begin(), host.end(), '_', '-');
            auto const url = fmt::format(
                "http://{}{}{}", host, of_.space.empty() ? "" : ".", plain_name_or_none(of_.space)
            );
            all[names_[i]] = json::object{{"url", url}};
        }
        note("Where a version answers is not in the document: set the url of each backend.");
        return all;
    }

    static std::string plain_name_or_none(const std::string& text) {
        return text.empty() ? text : plain_name(text);
    }

    json::array refs() {
        json::array all;
        for (std::size_t i = 0; i < names_.size(); ++i) {
            all.push_back(json::object{{"backend", names_[i]}, {"weight", i == 0 ? 100 : 0}});
        }
        return all;
    }

    /// What placeholders of queries stand for, by backend.
    json::object variables() {
        json::object all;
        for (std::size_t i = 0; i < names_.size(); ++i) {
            json::object own;
            if (names_[i] != of_.versions[i].name) {
                own["name"] = of_.versions[i].name;
            }
            for (auto const& each : of_.versions[i].variables) {
                own[each.name] = each.value;
            }
            if (!own.empty()) {
                all[names_[i]] = std::move(own);
            }
        }
        return all;
    }

    // The rollout.

    json::object rollout() {
        json::object made;
        if (names_.size() == 2) {
            made["candidate"] = names_[1];
        } else {
            made["candidates"] = json::array(names_.begin() + 1, names_.end());
        }
        made["primary"] = names_.front();
        add_strategy(made);
        auto const seconds = std::uint64_t{of_.duration.interval_seconds} *
                             of_.duration.iterations_per_loop * of_.duration.loops_max;
        made["horizon"] = fmt::format("{}s", std::min(seconds, year_seconds));
        add_objectives(made);
        add_indicators(made);
        if (auto given = variables(); !given.empty()) {
            made["variables"] = std::move(given);
        }
        return made;
    }

    [[nodiscard]] double candidate_max() const {
        auto const asked = of_.weights ? of_.weights->candidate_max : std::nullopt;
        auto const unlimited = 100 - exploration_percent + exploration_percent / (candidates() + 1);
        return std::min(
            {asked.value_or(candidate_max_default),
             unlimited,
             std::floor(candidates_percent_max / candidates())}
        );
    }

    void add_strategy(json::object& to) {
        switch (of_.deployment) {
            case deployment_pattern::progressive:
                to["strategy"] = "progressive";
                to["steps"] = steps();
                to["advance"] = "soak";
                to["soak"] = fmt::format("{}s", of_.duration.interval_seconds);
                return;
            case deployment_pattern::fixed_split:
                to["strategy"] = "fixed_split";
                to["steps"] = json::array{split_share()};
                return;
            case deployment_pattern::blue_green:
                to["strategy"] = "blue_green";
                to["steps"] = json::array{std::floor(candidate_max() * 100) / 100};
                note(
                    "BlueGreen: a candidate with all the traffic could not be compared with "
                    "anything; until the verdict the primary keeps a share, and a person approves "
                    "the promotion."
                );
                return;
        }
    }

    json::array steps() {
        auto const asked = of_.weights ? of_.weights->increment_max : std::nullopt;
        auto increment = asked.value_or(increment_max_of_controller);
        auto most = candidate_max();
        if (increment < 1 || most < 1) {
            note("A candidate without weight cannot be judged: it gets one percent.");
            increment = std::max(increment, 1.0);
            most = std::max(most, 1.0);
        }
        json::array all;
        double share = 0;
        do {
            share = std::min(share + increment, most);
            all.push_back(share);
        } while (share < most);
        all.push_back(100);
        return all;
    }

    double split_share() {
        auto const& now = of_.current_weights;
        if (now.size() == of_.versions.size() && now[1] >= 1 && now[1] <= candidate_max()) {
            return now[1];
        }
        note("FixedSplit: the split is set outside of the document; here it is even.");
        auto const even = 100 / static_cast<double>(of_.versions.size());
        return std::max(std::floor(std::min(even, candidate_max())), 1.0);
    }

    // Criteria.

    void add_objectives(json::object& to) {
        json::array guardrails{json::object{{"metric", "error_rate"}}};
        json::array objectives;
        for (auto const& each : of_.objectives) {
            if (each.rollback_on_failure.value_or(false) ||
                (of_.deployment == deployment_pattern::blue_green &&
                 each.rollback_on_failure.value_or(true))) {
                note(fmt::format(
                    "rollback_on_failure of {}: a value without an error probability takes no "
                    "candidate out; it stops the promotion, and guardrails roll back.",
                    each.metric
                ));
            }
            add_objective(each, guardrails, objectives);
        }
        to["guardrails"] = std::move(guardrails);
        if (!objectives.empty()) {
            to["objectives"] = std::move(objectives);
        }
    }

    void add_objective(const objective& each, json::array& guardrails, json::array& objectives) {
        if (auto const* found = fetchable(each.metric); found != nullptr) {
            json::object made{{"metric", use(*found)}};
            if (each.upper_limit) {
                made["upper_limit"] = *each.upper_limit;
            }
            if (each.lower_limit) {
                made["lower_limit"] = *each.lower_limit;
            }
            if (made.size() == 1) {
                note(fmt::format("The objective on {} has no limit.", each.metric));
                return;
            }
            objectives.push_back(std::move(made));
            return;
        }
        auto const builtin = builtin_of(each.metric);
        if (!builtin) {
            note(fmt::format(
                "The objective on {} is left out: no document tells how to fetch it.", each.metric
            ));
        } else if (builtin->is_error_rate) {
            note(
                "The limit of iter8-system/error-rate is left out: the guardrail error_rate "
                "compares with the primary."
            );
        } else if (!each.upper_limit || *each.upper_limit < 1) {
            note(fmt::format("The objective on {} has no upper limit of a ms or more.", each.metric)
            );
        } else {
            guardrails.push_back(json::object{
                {"metric", fmt::format("latency_p{:g}", *builtin->latency_percent)},
                {"slo", fmt::format("{:.0f}ms", std::ceil(*each.upper_limit))}});
        }
    }

    void add_indicators(json::object& to) {
        json::array names;
        auto const add = [&](const std::string& reference) {
            auto const* found = fetchable(reference);
            if (found == nullptr) {
                note(fmt::format("{} is not shown: no document tells how to fetch it.", reference));
                return;
            }
            json::value name = json::string(use(*found));
            if (std::find(names.begin(), names.end(), name) == names.end()) {
                names.push_back(std::move(name));
            }
        };
        for (auto const& each : of_.rewards) {
            note(fmt::format(
                "The reward {} ({} is better) is shown, but the largest value wins nothing here: "
                "the candidate wins that is proven by its guardrails.",
                each.metric,
                each.preferred == direction::high ? "more" : "less"
            ));
            add(each.metric);
        }
        for (auto const& each : of_.indicators) {
            if (!builtin_of(each)) {
                add(each);
            }
        }
        if (!names.empty()) {
            to["indicators"] = std::move(names);
        }
    }

    // Metrics.

    /// null also for a mock, which has no value anywhere.
    [[nodiscard]] const metric* fetchable(const std::string& reference) const {
        auto const* found = find_metric(metrics_, reference, of_.space);
        return found != nullptr && !found->is_mock && !found->params.url.empty() ? found : nullptr;
    }

    /// Takes a metric over, and those that it refers to; returns its name here.
    std::string use(const metric& wanted) {
        for (auto const& [from, name] : used_) {
            if (from == &wanted) {
                return name;
            }
        }
        auto name = plain_name(wanted.params.name);
        if (is_taken(name)) {
            name = plain_name(wanted.space + "." + wanted.params.name);
        }
        while (is_taken(name)) {
            name += "_";
        }
        used_.emplace_back(&wanted, name);
        auto params = wanted.params;
        params.name = name;
        complete(wanted, params);
        made_.metrics.push_back(std::move(params));
        return name;
    }

    [[nodiscard]] bool is_taken(const std::string& name) const {
        return std::any_of(used_.begin(), used_.end(), [&name](const auto& each) {
            return each.second == name;
        });
    }

    void complete(const metric& wanted, providers::metric_params& params) {
        if (!params.secret_dir.empty()) {
            params.secret_dir = secrets_root + params.secret_dir;
            note(fmt::format(
                "The secret of {} is read from files in {}.", params.name, params.secret_dir
            ));
        }
        auto const seconds = std::chrono::seconds{of_.duration.interval_seconds};
        params.interval = std::min<std::chrono::milliseconds>(params.interval, seconds);
        if (params.sample_size.empty()) {
            return;
        }
        auto const* sample = find_metric(metrics_, params.sample_size, wanted.space);
        if (sample == nullptr || sample == &wanted || sample->is_mock) {
            note(fmt::format("No document tells how to fetch the sample size of {}.", params.name));
            params.sample_size.clear();
        } else {
            params.sample_size = use(*sample);
        }
    }

    void note_leftovers() {
        if (of_.has_actions) {
            note("Actions (start, loop, finish) are not run; webhooks are the place for them.");
        }
        if (!of_.request_count.empty()) {
            note("requestCount is not needed: the gateway counts its own requests.");
        }
        if (of_.has_strength) {
            note(
                "The strength of the criteria is left out: rollback_alpha and promote_alpha say it."
            );
        }
    }

    const experiment& of_;
    const std::vector<metric>& metrics_;
    std::vector<std::string> names_;
    std::vector<std::pair<const metric*, std::string>> used_;
    imported made_;
};

}  // namespace

imported import_experiment(const experiment& of, const std::vector<metric>& metrics) {
    return importer{of, metrics}.run();
}

}  // namespace millrace::iter8
