// Functions of `millrace stats`: what Iter8's analytics would answer.
#include "proxy/app/stats_functions.hpp"
#include "proxy/config/iter8_loader.hpp"
#include "proxy/iter8/policy.hpp"
#include "proxy/iter8/weights.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <set>

namespace millrace::app {

namespace json = boost::json;

namespace {

constexpr const char* judged_metric = "metric";
constexpr const char* reward_metric = "reward";

std::string_view view_of(json::string_view text) {
    return {text.data(), text.size()};
}

const json::value* find(const json::object& given, const char* key) {
    auto const* found = given.if_contains(key);
    return found == nullptr || found->is_null() ? nullptr : found;
}

std::optional<double> number_in(const json::object& given, const char* key) {
    auto const* found = find(given, key);
    return found == nullptr ? std::nullopt : from_json<double>::read(*found);
}

std::vector<double> numbers_in(const json::object& given, const char* key) {
    auto const* found = find(given, key);
    auto read = found == nullptr ? std::nullopt : from_json<std::vector<double>>::read(*found);
    return read.value_or(std::vector<double>{});
}

/// By version, for each objective whether it is met.
json::object by_version(const iter8::experiment& of, const iter8::assessments& met) {
    json::object made;
    for (std::size_t i = 0; i < met.size(); ++i) {
        json::array own;
        for (bool const each : met[i]) {
            own.emplace_back(each);
        }
        made[of.versions[i].name] = std::move(own);
    }
    return made;
}

json::array names_of(const iter8::experiment& of, const std::vector<std::size_t>& versions) {
    json::array names;
    for (auto const each : versions) {
        names.emplace_back(of.versions[each].name);
    }
    return names;
}

/// An experiment in short: the members of a case, with the values of one metric by version under
/// whatever name it has.
class short_case {
 public:
    explicit short_case(const json::object& given) : given_{given} {}

    json::object answer() {
        check_arguments();
        name_versions();
        read_criteria();
        read_weights();
        json::object made;
        auto met = assessments();
        if (!met.empty() && find(given_, "feasible") == nullptr) {
            made["versionAssessments"] = by_version(of_, met);
        }
        auto const best = best_versions(met, made);
        if (of_.testing != iter8::testing_pattern::conformance) {
            add_weights(best, made);
        }
        return made;
    }

    std::vector<std::string> errors;

 private:
    static bool is_known(std::string_view key) {
        static const std::set<std::string, std::less<>> known{
            "pattern",
            "versions",
            "best",
            "old",
            "weights",
            "input",
            "maxCandidateWeight",
            "maxCandidateWeightIncrement",
            "upperLimit",
            "lowerLimit",
            "preferredDirection",
            "feasible",
            "reward"};
        return known.contains(key);
    }

    void check_arguments() {
        for (auto const& each : given_) {
            auto const name = view_of(each.key());
            if (!is_known(name) && !each.value().is_object() && !each.value().is_null()) {
                errors.push_back(fmt::format("there is no argument '{}'", name));
            }
        }
    }

    /// The values that the objective is about; null: there are none.
    [[nodiscard]] const json::object* judged_values() const {
        for (auto const& each : given_) {
            if (!is_known(view_of(each.key())) && each.value().is_object()) {
                return &each.value().get_object();
            }
        }
        return nullptr;
    }

    [[nodiscard]] bool has_judged() const {
        return std::any_of(given_.begin(), given_.end(), [](const auto& each) {
            return !is_known(view_of(each.key()));
        });
    }

    void name_versions() {
        if (auto const* list = find(given_, "versions"); list != nullptr && list->is_array()) {
            for (auto const& each : list->get_array()) {
                add_version(each.is_string() ? std::string{view_of(each.get_string())} : "");
            }
        }
        auto const* feasible = find(given_, "feasible");
        auto const* reward = find(given_, "reward");
        for (auto const* values :
             {judged_values(),
              feasible != nullptr ? feasible->if_object() : nullptr,
              reward != nullptr ? reward->if_object() : nullptr}) {
            for (std::size_t i = 0; values != nullptr && i < values->size(); ++i) {
                add_version(std::string{view_of((values->begin() + i)->key())});
            }
        }
        auto const count = std::max<std::size_t>(
            {numbers_in(given_, "old").size(), numbers_in(given_, "input").size(), 2}
        );
        bool const named = !of_.versions.empty();
        for (std::size_t i = 0; !named && i < count; ++i) {
            add_version(i == 0 ? "default" : count == 2 ? "canary" : "canary" + std::to_string(i));
        }
    }

    void add_version(std::string name) {
        auto& all = of_.versions;
        bool const is_new = std::none_of(all.begin(), all.end(), [&name](const auto& each) {
            return each.name == name;
        });
        if (is_new) {
            all.push_back({std::move(name), {}});
        }
    }

    void read_pattern() {
        auto const* found = find(given_, "pattern");
        auto const text = found != nullptr ? from_json<std::string>::read(*found) : std::nullopt;
        bool const rewarded = find(given_, "reward") != nullptr;
        of_.testing = rewarded ? iter8::testing_pattern::a_b_n : iter8::testing_pattern::canary;
        if (!text) {
            return;
        }
        if (*text == "Conformance") {
            of_.testing = iter8::testing_pattern::conformance;
        } else if (*text == "A/B" || *text == "A/B/N" || *text == "A/B/n") {
            of_.testing = iter8::testing_pattern::a_b_n;
        } else if (*text != "Canary" && *text != "BlueGreen") {
            errors.push_back("argument 'pattern' must be: Conformance, Canary, A/B or A/B/N");
        }
    }

    void read_criteria() {
        read_pattern();
        auto const upper = number_in(given_, "upperLimit");
        auto const lower = number_in(given_, "lowerLimit");
        if (has_judged() || upper || lower) {
            of_.has_objectives = true;
            of_.objectives.push_back({judged_metric, upper, lower, {}});
        }
        add_values(judged_metric, judged_values());
        if (auto const* reward = find(given_, "reward"); reward != nullptr) {
            bool const low =
                given_.contains("preferredDirection") && given_.at("preferredDirection") == "Low";
            of_.rewards.push_back(
                {reward_metric, low ? iter8::direction::low : iter8::direction::high}
            );
            add_values(reward_metric, reward->if_object());
        }
    }

    void add_values(const char* metric, const json::object* values) {
        if (values == nullptr) {
            return;
        }
        of_.metrics_known.emplace_back(metric);
        for (auto const& each : *values) {
            of_.values.push_back(
                {metric, std::string{view_of(each.key())}, from_json<double>::read(each.value())}
            );
        }
    }

    void read_weights() {
        of_.current_weights = numbers_in(given_, "old");
        auto const* limits = find(given_, "weights");
        auto const& from = limits != nullptr && limits->is_object() ? limits->get_object() : given_;
        auto const most = number_in(from, "maxCandidateWeight");
        auto const increment = number_in(from, "maxCandidateWeightIncrement");
        if (most || increment || limits != nullptr) {
            of_.weights = iter8::weight_limits{most, increment};
        }
    }

    iter8::assessments assessments() {
        auto const* feasible = find(given_, "feasible");
        if (feasible == nullptr || !feasible->is_object()) {
            return iter8::assess_versions(of_);
        }
        iter8::assessments met;
        for (auto const& version : of_.versions) {
            auto const* found = feasible->get_object().if_contains(version.name);
            met.push_back({found != nullptr && found->is_bool() && found->get_bool()});
        }
        return met;
    }

    std::vector<std::size_t> best_versions(const iter8::assessments& met, json::object& made) {
        if (auto const* given = find(given_, "best"); given != nullptr) {
            return given_best(given->is_array() ? given->get_array() : json::array{*given});
        }
        if (given_.contains("best") || find(given_, "input") != nullptr) {
            return {};
        }
        auto found = iter8::assess_winner(of_, met);
        made["winnerFound"] = found.winner.has_value();
        made["winner"] =
            found.winner ? json::value(of_.versions[*found.winner].name) : json::value(nullptr);
        made["bestVersions"] = names_of(of_, found.best);
        return found.best;
    }

    std::vector<std::size_t> given_best(const json::array& names) {
        std::vector<std::size_t> best;
        for (auto const& each : names) {
            std::size_t place = 0;
            while (place < of_.versions.size() && !is_version(each, place)) {
                ++place;
            }
            if (place == of_.versions.size()) {
                errors.push_back("argument 'best' must be: a list of versions");
            } else {
                best.push_back(place);
            }
        }
        return best;
    }

    /// By name or by place; what is called candidate is the first one.
    [[nodiscard]] bool is_version(const json::value& named, std::size_t place) const {
        if (auto const number = from_json<double>::read(named)) {
            return *number == static_cast<double>(place);
        }
        auto const text = from_json<std::string>::read(named).value_or("");
        bool const by_role = (place == 0 && text == "baseline") ||
                             (place == 1 && (text == "candidate" || text == "canary"));
        return text == of_.versions[place].name || by_role;
    }

    void add_weights(const std::vector<std::size_t>& best, json::object& made) {
        auto const input = numbers_in(given_, "input");
        if (!input.empty()) {
            auto const constrained =
                iter8::constrained_weights(input, of_.current_weights, of_.weights);
            made["constrained"] = json::array(constrained.begin(), constrained.end());
            return;
        }
        auto const weights = iter8::recommended_weights(of_, best);
        made["weights"] = json::array(weights.begin(), weights.end());
    }

    const json::object& given_;
    iter8::experiment of_;
};

stats_answer answer_case(const json::object& given) {
    short_case one{given};
    auto made = one.answer();
    return one.errors.empty() ? stats_answer{std::move(made)}
                              : stats_answer::wrong(std::move(one.errors));
}

json::object winner_of(const iter8::experiment& of, const iter8::winner_assessment& found) {
    return {
        {"data",
         json::object{
             {"winnerFound", found.winner.has_value()},
             {"winner",
              found.winner ? json::value(of.versions[*found.winner].name) : json::value(nullptr)},
             {"bestVersions", names_of(of, found.best)}}},
        {"message", found.why}};
}

const std::vector<stats_argument>& experiment_members() {
    static const std::vector<stats_argument> all{
        {"spec", "object, of the Experiment", true},
        {"status", "object: currentWeightDistribution, analysis.aggregatedMetrics"},
        {"metadata", "object, passed over"},
        {"apiVersion", "text, passed over"},
        {"kind", "text, passed over"}};
    return all;
}

stats_answer analyse(const json::object& given) {
    auto errors = unknown_arguments(given, experiment_members());
    if (!given.contains("spec")) {
        errors.emplace_back("argument 'spec' is missing");
    }
    if (!errors.empty()) {
        return stats_answer::wrong(std::move(errors));
    }
    auto const loaded = config::load_iter8_experiment(json::serialize(given), "--json");
    if (!loaded) {
        for (auto const& each : loaded.error()) {
            errors.push_back(config::to_text(each));
        }
        return stats_answer::wrong(std::move(errors));
    }
    auto const& of = loaded->experiments.front();
    auto const met = iter8::assess_versions(of);
    auto const found = iter8::assess_winner(of, met);
    auto const weights = iter8::recommended_weights(of, found.best);
    json::array data;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        data.push_back(json::object{{"name", of.versions[i].name}, {"value", weights[i]}});
    }
    return json::object{
        {"versionAssessments", json::object{{"data", by_version(of, met)}}},
        {"winnerAssessment", winner_of(of, found)},
        {"weights", json::object{{"data", std::move(data)}}}};
}

}  // namespace

std::vector<stats_function> iter8_functions() {
    std::vector<stats_function> all;
    all.push_back(
        {"iter8_case",
         "what Iter8's analytics answer to an experiment in short",
         {{"pattern", "Conformance, Canary, A/B or A/B/N; default Canary, with rewards A/B/N"},
          {"versions", "list of names, the baseline first; default those of the values"},
          {"METRIC", "object of version: value or null; any other name: the objective is about it"},
          {"upperLimit", "number, optional"},
          {"lowerLimit", "number, optional"},
          {"feasible", "object of version: true or false, instead of an objective"},
          {"reward", "object of version: value"},
          {"preferredDirection", "High or Low, default High"},
          {"best", "list of versions, instead of finding the winner"},
          {"old", "list of percent by version, default all the baseline's"},
          {"input", "list of percent by version: constrains these only"},
          {"weights", "object of maxCandidateWeight and maxCandidateWeightIncrement"},
          {"maxCandidateWeight", "percent, default 100"},
          {"maxCandidateWeightIncrement", "percent, default 5"}},
         answer_case}
    );
    all.push_back(
        {"iter8_analytics",
         "what Iter8's analytics answer to a v2alpha2 Experiment with the values in its status",
         experiment_members(),
         analyse}
    );
    return all;
}

}  // namespace millrace::app
