#pragma once

#include "proxy/control/hook_port.hpp"
#include "proxy/control/rollout_runner.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace millrace::control {

/// Hooks that the test plays: it reads what was decided and asked, and answers.
class fake_hooks final : public hook_port {
 public:
    void decided(const decision_record& made, const rollout::params& /*chosen*/) override {
        decisions.push_back(made.decision.why);
    }

    [[nodiscard]] rollout::checkpoints to_confirm(std::string_view /*route*/) const override {
        return needed;
    }

    [[nodiscard]] std::uint64_t ask(question what, std::function<void(std::string who)> confirmed)
        override {
        asked.push_back(what.what);
        open.emplace(asked.size(), std::move(confirmed));
        return asked.size();
    }

    void withdraw(std::uint64_t number) override { open.erase(number); }

    [[nodiscard]] std::string missing(std::uint64_t /*number*/) const override {
        return "ci (answered 503)";
    }

    /// Yes to the only open question.
    void confirm() {
        auto const yes = open.begin()->second;
        open.clear();
        yes("webhook ci");
    }

    rollout::checkpoints needed;
    std::vector<rollout::reason> decisions;
    std::vector<rollout::checkpoint> asked;
    std::map<std::uint64_t, std::function<void(std::string)>> open;
};

}  // namespace millrace::control
