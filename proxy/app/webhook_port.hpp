#pragma once

#include "proxy/control/hook_port.hpp"
#include "proxy/webhooks/dispatcher.hpp"

namespace millrace::app {

/// The controller's hooks are the webhooks of the file. Lifetime: the gateway's. Thread: the
/// controller's.
class webhook_port final : public control::hook_port {
 public:
    explicit webhook_port(webhooks::dispatcher& with) : webhooks_{with} {}

    void decided(const control::decision_record& made, const rollout::params& chosen) override;
    [[nodiscard]] rollout::checkpoints to_confirm(std::string_view route) const override;
    [[nodiscard]] std::uint64_t ask(
        control::question what, std::function<void(std::string who)> confirmed
    ) override;

    void withdraw(std::uint64_t asked) override { webhooks_.withdraw(asked); }

    [[nodiscard]] std::string missing(std::uint64_t asked) const override {
        return webhooks_.missing(asked);
    }

 private:
    webhooks::dispatcher& webhooks_;
};

}  // namespace millrace::app
