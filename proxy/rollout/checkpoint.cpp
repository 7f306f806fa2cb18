#include "proxy/rollout/checkpoint.hpp"

namespace millrace::rollout {

std::string_view name_of(checkpoint of) noexcept {
    switch (of) {
        case checkpoint::none:
            return "none";
        case checkpoint::start:
            return "start";
        case checkpoint::step:
            return "step";
        case checkpoint::promotion:
            return "promotion";
    }
    return {};
}

bool checkpoints::contain(checkpoint one) const noexcept {
    switch (one) {
        case checkpoint::none:
            return false;
        case checkpoint::start:
            return start;
        case checkpoint::step:
            return step;
        case checkpoint::promotion:
            return promotion;
    }
    return false;
}

}  // namespace millrace::rollout
