// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The runs of a workspace for the palette: words and conditions ("mu>1 state=done") asked of the index on a thread.
//
// It only reads the index; whoever lists the runs keeps it fresh. Newest first, at most kMost answers. UI thread only.
//
//     RunSource runs([this](const QString& folder) { openRun(folder); });
//     runs.setWorkspace(bench.workspace());

#include <filesystem>
#include <functional>
#include <memory>

#include "desktop/around/palette_source.hpp"

namespace latent::desktop {

class RunSource final : public PaletteSource {
  public:
    static constexpr std::size_t kMost = 50;
    explicit RunSource(std::function<void(const QString& folder)> open);
    ~RunSource() override;
    void setWorkspace(const std::filesystem::path& workspace);
    void find(const QString& words, Reply reply) override;

  private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace latent::desktop
