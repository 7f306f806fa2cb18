#include "proxy/rollout/marked.hpp"

#include "proxy/rollout/step.hpp"

#include <algorithm>

namespace millrace::rollout {

void take_out_marked(
    state& of, const std::vector<std::string>& candidates, const std::vector<std::string>& marked
) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        // What is recorded of it says more.
        if (!of.candidates[i].out && std::count(marked.begin(), marked.end(), candidates[i]) != 0) {
            take_out(of, i, why_out_of_marked);
        }
    }
}

}  // namespace millrace::rollout
