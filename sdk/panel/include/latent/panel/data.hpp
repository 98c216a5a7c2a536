// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The arrays of what a panel shows, by name, with dimensions, units and words for categories.
//
// A Data borrows the host and is valid inside the call that received it (dataChanged, answered); an Array that was read from
// it owns its memory for as long as the panel keeps it, is dense and row-major, and never changes. Nothing is copied but by
// toDoubles(). UI thread only.
//
//     void dataChanged(const latent::panel::Data& data) override {
//         const latent::panel::ArrayInfo* info = data.find("node_loss");
//         if (!info || info->dims.back() != "node") return;
//         m_loss = data.read("node_loss").toDoubles();
//         m_time = data.coordinate("time", info->extent("time"));

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "latent/array.hpp"
#include "latent/boundary.hpp"
#include "latent/panel/abi/panel.hpp"

namespace latent::panel {

/// What is known of an array besides its numbers.
struct ArrayInfo {
    std::string name;
    std::string dtype;              ///< "f64"
    std::vector<std::string> dims;  ///< one name for each extent
    std::vector<int64_t> shape;
    std::string units, label, description;
    std::vector<std::string> categories;  ///< words for the values 0, 1, 2, …; empty: numbers

    /// Position of a dimension, -1 when it has none of that name.
    int axisOf(const std::string& dimension) const {
        const auto found = std::find(dims.begin(), dims.end(), dimension);
        return found == dims.end() ? -1 : static_cast<int>(found - dims.begin());
    }
    /// Extent of a dimension, 0 when it has none of that name.
    int64_t extent(const std::string& dimension) const {
        const int axis = axisOf(dimension);
        return axis < 0 ? 0 : shape.at(static_cast<std::size_t>(axis));
    }
};

class Data {
  public:
    explicit Data(abi::IPanelHost1* host) : Data(host, nullptr) {}
    explicit Data(abi::IPanelAnswer1* answer) : Data(nullptr, answer) {}

    const std::vector<ArrayInfo>& arrays() const { return m_arrays; }
    /// Null when there is no such array yet.
    const ArrayInfo* find(const std::string& name) const {
        const auto found = std::find_if(m_arrays.begin(), m_arrays.end(),
                                        [&](const ArrayInfo& a) { return a.name == name; });
        return found == m_arrays.end() ? nullptr : &*found;
    }
    /// Throws RunError when there is none of that name.
    Array read(const std::string& name) const {
        const abi::Text text = abi::text(name);
        abi::Array raw{};
        boundary::StringSink error;
        const int32_t status =
            m_host ? m_host->array(&text, &raw, &error) : m_answer->array(&text, &raw, &error);
        if (status == abi::kNothing) throw RunError("There is no array '" + name + "'.");
        boundary::require(status, error);
        return Array(raw);
    }
    /// The coordinate of a dimension, which is the array of its name; 0, 1, 2, … of `size` when it has none.
    std::vector<double> coordinate(const std::string& dimension, int64_t size) const {
        const ArrayInfo* info = find(dimension);
        std::vector<double> values;
        if (info && info->dims == std::vector<std::string>{dimension}) values = read(dimension).toDoubles();
        for (auto i = static_cast<int64_t>(values.size()); i < size; ++i)
            values.push_back(static_cast<double>(i));
        values.resize(static_cast<std::size_t>(size));
        return values;
    }

  private:
    Data(abi::IPanelHost1* host, abi::IPanelAnswer1* answer) : m_host(host), m_answer(answer) {
        boundary::StringSink json;
        if ((host ? host->arrays(&json) : answer->arrays(&json)) != abi::kOk) return;
        for (const nlohmann::json& entry : nlohmann::json::parse(json.text))
            m_arrays.push_back({entry.at("name"), entry.at("dtype"), entry.at("dims"), entry.at("shape"),
                                entry.at("units"), entry.at("label"), entry.at("description"),
                                entry.at("categories")});
    }

    abi::IPanelHost1* m_host;
    abi::IPanelAnswer1* m_answer;
    std::vector<ArrayInfo> m_arrays;
};

}  // namespace latent::panel
