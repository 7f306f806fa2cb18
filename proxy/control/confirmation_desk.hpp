#pragma once

#include "proxy/control/hook_port.hpp"
#include "proxy/rollout/state.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace millrace::control {

/// Keeps the question open that a rollout waits for: asks when it begins to wait, withdraws when it
/// does not any more. Lifetime: the rollout's; withdraws at its end. Thread: the driver's.
class confirmation_desk {
 public:
    /// Runs `job` later on the driver's thread; may be called from any thread.
    using post = std::function<void(std::function<void()> job)>;
    using make_view = std::function<std::shared_ptr<const rollout_view>()>;
    /// Somebody's yes to what the rollout waits for; on the driver's thread.
    using on_yes = std::function<void(std::string who)>;

    /// @param hooks  null: nothing is ever asked
    confirmation_desk(hook_port* hooks, post on_driver);
    ~confirmation_desk();
    confirmation_desk(const confirmation_desk&) = delete;
    confirmation_desk& operator=(const confirmation_desk&) = delete;

    /// @param proposing  a decision waits for the disk: nothing is asked meanwhile
    void follow(
        const rollout::state& now, bool proposing, const make_view& view, const on_yes& yes
    );

    /// "confirmation of step by ci (answered 503)"; empty: for nothing.
    [[nodiscard]] std::string waits_for() const;

 private:
    struct open_question {
        rollout::checkpoint what = rollout::checkpoint::none;
        std::uint32_t step = 0;
        std::uint64_t asked = 0;
    };

    void withdraw();

    hook_port* hooks_;
    post on_driver_;
    std::optional<open_question> open_;
    std::uint64_t turn_ = 0;  // of the newest question
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace millrace::control
