#include "proxy/rollout/state.hpp"

namespace millrace::rollout {

std::string_view name_of(phase of) noexcept {
    switch (of) {
        case phase::initializing:
            return "initializing";
        case phase::mirroring:
            return "mirroring";
        case phase::progressing:
            return "progressing";
        case phase::waiting:
            return "waiting";
        case phase::succeeded:
            return "succeeded";
        case phase::failed:
            return "failed";
    }
    return {};
}

std::string_view name_of(verdict of) noexcept {
    switch (of) {
        case verdict::running:
            return "running";
        case verdict::successful:
            return "successful";
        case verdict::failed:
            return "failed";
        case verdict::inconclusive:
            return "inconclusive";
        case verdict::error:
            return "error";
    }
    return {};
}

}  // namespace millrace::rollout
