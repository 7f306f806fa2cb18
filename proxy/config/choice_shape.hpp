#pragma once

#include "proxy/config/shape.hpp"

#include <string>
#include <utility>
#include <vector>

namespace millrace::config {

/// One name out of `names`, or an error with the nearest one. `later` are names that the language
/// knows and that are refused as not built yet. The index of the name, or names.size().
[[nodiscard]] std::size_t read_name(
    reader& in,
    const node& from,
    const std::vector<std::string>& names,
    const std::vector<std::string>& later
);

[[nodiscard]] json::object names_schema(const std::vector<std::string>& names);

/// One of a few names, each standing for a value.
template <class T>
class choice_shape final : public shape<T> {
 public:
    choice_shape(std::vector<std::pair<std::string, T>> options, std::vector<std::string> later)
        : later_{std::move(later)} {
        for (auto& [name, value] : options) {
            names_.push_back(name);
            values_.push_back(value);
        }
    }

    void read(reader& in, const node& from, T& to) const override {
        auto const index = read_name(in, from, names_, later_);
        if (index < values_.size()) {
            to = values_[index];
        }
    }

    [[nodiscard]] json::value write(const T& from) const override {
        for (std::size_t i = 0; i < values_.size(); ++i) {
            if (values_[i] == from) {
                return json::string(names_[i]);
            }
        }
        return nullptr;
    }

    [[nodiscard]] json::object schema() const override { return names_schema(names_); }

    [[nodiscard]] shape_info info() const override {
        std::string type;
        for (auto const& name : names_) {
            type += (type.empty() ? "" : " | ") + name;
        }
        return {type, ""};
    }

 private:
    std::vector<std::string> names_;
    std::vector<T> values_;
    std::vector<std::string> later_;
};

template <class T>
[[nodiscard]] shape_ptr<T> choice(
    std::vector<std::pair<std::string, T>> options, std::vector<std::string> later = {}
) {
    return std::make_shared<choice_shape<T>>(std::move(options), std::move(later));
}

}  // namespace millrace::config
