#include "proxy/config/rollout_strategy_rules.hpp"

#include "proxy/config/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace millrace::config {

namespace {

using rollout::guardrail_params;
using rollout::metric_kind;
using rollout::strategy;

template <class Metrics>
bool has_deciding(const Metrics& all) {
    return std::any_of(all.begin(), all.end(), [](const auto& each) {
        return each.role == rollout::metric_role::deciding;
    });
}

void check_candidate_count(reader& in, const node& from, const rollout::params& read) {
    if (read.strategy == strategy::ab && read.candidates.size() != 1) {
        in.fail(
            from,
            fmt::format("expected one candidate with strategy ab, got {}", read.candidates.size())
        );
    } else if (read.strategy == strategy::abn && read.candidates.size() == 1) {
        in.fail(from, "expected several candidates with strategy abn, got one");
    }
}

/// A guardrail that the fraction of a client's bad requests cannot answer.
std::string_view unanswered(const guardrail_params& guardrail) {
    if (guardrail.slo) {
        return "slo";
    }
    if (guardrail.rollback_ratio != 1.0) {
        return "rollback_ratio";
    }
    bool const is_rate = guardrail.kind == metric_kind::error_rate;
    return is_rate && guardrail.max_ratio ? "max_ratio" : std::string_view{};
}

}  // namespace

bool compares_rewards(strategy of) noexcept {
    return of == strategy::ab || of == strategy::abn || of == strategy::bandit;
}

void check_strategy(reader& in, const node& from, const rollout::params& read) {
    if (compares_rewards(read.strategy)) {
        if (!has_deciding(read.rewards)) {
            in.fail(
                from, "expected 'rewards' with one that decides, which this strategy plays for"
            );
        }
        check_candidate_count(in, from, read);
    } else if (!has_deciding(read.guardrails)) {
        in.fail(from, "expected 'guardrails' with one that decides");
    }
    if (read.strategy != strategy::bandit) {
        if (auto const* const given = from.find("bandit")) {
            reader::scope const inside{in, "bandit"};
            in.fail(*given, "expected strategy: bandit beside this");
        }
    }
}

void check_rewards(reader& in, const node& from, const rollout::params& read) {
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < read.rewards.size(); ++i) {
        if (!seen.insert(read.rewards[i].name).second) {
            reader::scope const inside{in, "rewards"};
            reader::scope const deeper{in, i};
            in.fail(
                *from.find("rewards")->items[i],
                "expected each name once, got " + in_quotes(read.rewards[i].name) + " again"
            );
        }
    }
    auto const versions = static_cast<double>(read.candidates.size() + 1);
    if (read.strategy == strategy::bandit && read.bandit.min_share * versions > 1) {
        in.fail(
            from,
            fmt::format(
                "expected a bandit's min_share of at most {:.4g} for {} versions, got {}",
                1 / versions,
                versions,
                read.bandit.min_share
            )
        );
    }
}

void check_unit_outcome(reader& in, const node& from, const rollout::params& read) {
    if (read.unit_outcome != stats::unit_outcome::fraction) {
        return;
    }
    for (std::size_t i = 0; i < read.guardrails.size(); ++i) {
        auto const key = unanswered(read.guardrails[i]);
        if (key.empty()) {
            continue;
        }
        reader::scope const inside{in, "guardrails"};
        reader::scope const deeper{in, i};
        in.fail(
            *from.find("guardrails")->items[i],
            fmt::format(
                "expected no '{}' beside unit_outcome: fraction, whose margin is a difference; "
                "'one' and 'any' take it",
                key
            )
        );
    }
}

}  // namespace millrace::config
