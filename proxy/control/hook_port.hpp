#pragma once

#include "proxy/control/ports.hpp"
#include "proxy/rollout/checkpoint.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace millrace::control {

struct rollout_view;

/// What a rollout asks the world outside before it goes on.
struct question {
    rollout::checkpoint what = rollout::checkpoint::none;
    std::shared_ptr<const rollout_view> rollout;
};

/// Who hears of decisions, and who has to confirm some of them; app implements it with webhooks.
/// Thread: the driver's; every call returns at once, whatever the network does.
class hook_port {
 public:
    hook_port() = default;
    hook_port(const hook_port&) = delete;
    hook_port& operator=(const hook_port&) = delete;
    virtual ~hook_port() = default;

    /// A decision that is in force.
    virtual void decided(const decision_record& made, const rollout::params& chosen) = 0;

    /// What somebody has to confirm on this route, as things are now.
    [[nodiscard]] virtual rollout::checkpoints to_confirm(std::string_view route) const = 0;

    /// `confirmed(who)` is called once, on any thread, when everybody has said yes; never when
    /// somebody does not. It may still come while the question is being withdrawn.
    /// @return  a number that names what was asked
    [[nodiscard]] virtual std::uint64_t ask(
        question what, std::function<void(std::string who)> confirmed
    ) = 0;

    virtual void withdraw(std::uint64_t asked) = 0;

    /// Who has not said yes yet, for people: "ci (answered 503)".
    [[nodiscard]] virtual std::string missing(std::uint64_t asked) const = 0;
};

}  // namespace millrace::control
