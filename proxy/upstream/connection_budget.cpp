#include "proxy/upstream/connection_budget.hpp"

namespace millrace::upstream {

std::shared_ptr<connection_budget> connection_budgets::of(
    std::string_view backend, std::uint32_t connections_max
) {
    std::lock_guard const lock{mutex_};
    auto found = budgets_.find(backend);
    if (found == budgets_.end()) {
        found =
            budgets_.emplace(backend, std::make_shared<connection_budget>(connections_max)).first;
    }
    found->second->set_max(connections_max);
    return found->second;
}

std::uint32_t connection_budgets::open(std::string_view backend) const {
    std::lock_guard const lock{mutex_};
    auto const found = budgets_.find(backend);
    return found == budgets_.end() ? 0 : found->second->open();
}

}  // namespace millrace::upstream
