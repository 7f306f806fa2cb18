#include "proxy/control/confirmation_desk.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::control {

confirmation_desk::confirmation_desk(hook_port* hooks, post on_driver)
    : hooks_{hooks}, on_driver_{std::move(on_driver)} {}

confirmation_desk::~confirmation_desk() {
    withdraw();
}

void confirmation_desk::withdraw() {
    if (open_) {
        hooks_->withdraw(open_->asked);
        open_.reset();
    }
}

void confirmation_desk::follow(
    const rollout::state& now, bool proposing, const make_view& view, const on_yes& yes
) {
    bool const waits = hooks_ != nullptr && !now.ended() && !now.confirmed && !proposing &&
                       now.awaited != rollout::checkpoint::none;
    if (open_ && (!waits || open_->what != now.awaited || open_->step != now.step)) {
        withdraw();
    }
    if (!waits || open_) {
        return;
    }
    // An answer that crosses the end of its question is nobody's any more.
    auto answered =
        [this, yes, turn = ++turn_, alive = std::weak_ptr<bool>{alive_}](const std::string& who) {
            if (alive.lock() && open_ && turn == turn_) {
                open_.reset();
                yes(who);
            }
        };
    auto const asked = hooks_->ask(
        {now.awaited, view()},
        [post = on_driver_, answered = std::move(answered)](const std::string& who) {
            post([answered, who] { answered(who); });
        }
    );
    open_ = open_question{now.awaited, now.step, asked};
}

std::string confirmation_desk::waits_for() const {
    return open_ ? fmt::format(
                       "confirmation of {} by {}",
                       rollout::name_of(open_->what),
                       hooks_->missing(open_->asked)
                   )
                 : std::string{};
}

}  // namespace millrace::control
