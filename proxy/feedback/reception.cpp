#include "proxy/feedback/reception.hpp"

namespace millrace::feedback {

std::string_view name_of(reception of) noexcept {
    switch (of) {
        case reception::accepted:
            return "accepted";
        case reception::duplicate:
            return "duplicate";
        case reception::late:
            return "late";
        case reception::early:
            return "early";
        case reception::unknown:
            return "unknown";
        case reception::malformed:
            return "malformed";
        case reception::no_prediction:
            return "no_prediction";
        case reception::failed:
            return "failed";
    }
    return {};
}

}  // namespace millrace::feedback
