#include "proxy/app/route_shares.hpp"

namespace millrace::app {

std::vector<double> shares_of(const routing::route_state& of) {
    std::vector<double> shares(of.refs.size());
    if (of.split.empty()) {
        return shares;
    }
    auto const masses = of.split.masses();
    for (std::size_t i = 0; i < shares.size(); ++i) {
        shares[i] = static_cast<double>(masses[i]) / routing::traffic_split::units;
    }
    return shares;
}

}  // namespace millrace::app
