// SPDX-License-Identifier: Apache-2.0
// Weights of every GGUF type that is read: packed here as ggml lays them out, they are the numbers that were packed.
#include <QtTest>
#include <cstring>
#include <map>

#include "decoder/load.hpp"
#include "gguf_writer.hpp"

using namespace icl_graphs;
namespace fs = std::filesystem;

namespace {

constexpr int kWidth = 64, kHeadWidth = 32;

/// Half-precision bits and what they stand for: normal, negative, the largest, the smallest normal and the smallest of all.
constexpr std::pair<std::uint16_t, float> kHalves[] = {
    {0x3400, .25F}, {0xB800, -.5F}, {0x3E00, 1.5F}, {0x7BFF, 65504}, {0x0400, 0x1p-14F}, {0x0001, 0x1p-24F}};

/// Some number of four or eight bits that differs from place to place.
int draw(int row, int column, int most) { return (row * 37 + column * 11 + row * column % 7) % most; }

void append(std::string& bytes, std::uint16_t half) {
    bytes.append(reinterpret_cast<const char*>(&half), sizeof half);
}

/// A row of `n` weights of a type, and the numbers that it holds.
std::pair<std::string, std::vector<float>> packedRow(std::uint32_t type, int row, int n) {
    std::string bytes;
    std::vector<float> numbers;
    if (type == 0 || type == 1) {
        for (int i = 0; i < n; ++i) {
            const auto& [half, value] = kHalves[static_cast<std::size_t>(draw(row, i, 6))];
            const float number = type == 0 ? value + static_cast<float>(i) : value;
            if (type == 0)
                bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
            else
                append(bytes, half);
            numbers.push_back(number);
        }
        return {bytes, numbers};
    }
    for (int b = 0; b < n; b += 32) {
        const auto& [half, scale] = kHalves[static_cast<std::size_t>(draw(row, b, 6))];
        const auto& [leastHalf, least] = kHalves[static_cast<std::size_t>(draw(b, row + 3, 6))];
        append(bytes, half);
        if (type == 3) append(bytes, leastHalf);
        if (type == 8) {
            for (int i = 0; i < 32; ++i) {
                const int q = draw(row, b + i, 256) - 128;
                bytes += static_cast<char>(q);
                numbers.push_back(scale * static_cast<float>(q));
            }
            continue;
        }
        // The low four bits of the sixteen bytes are the first half of a block, the high ones the second.
        for (int i = 0; i < 16; ++i)
            bytes += static_cast<char>(draw(row, b + i, 16) | draw(row, b + i + 16, 16) << 4);
        for (int i = 0; i < 32; ++i) {
            const auto q = static_cast<float>(draw(row, b + i, 16));
            numbers.push_back(type == 2 ? scale * (q - 8) : scale * q + least);
        }
    }
    return {bytes, numbers};
}

/// The numbers of every tensor of a model of one block, by name [row][column], all of one type but for the norms.
using Numbers = std::map<std::string, std::vector<std::vector<float>>>;

Numbers writeModel(const fs::path& file, std::uint32_t type) {
    const std::vector<std::pair<std::string, int>> matrices = {
        {"token_embd.weight", 3},          {"output.weight", 3},        {"blk.0.attn_q.weight", kWidth},
        {"blk.0.attn_k.weight", 32},       {"blk.0.attn_v.weight", 32}, {"blk.0.attn_output.weight", kWidth},
        {"blk.0.ffn_gate.weight", kWidth}, {"blk.0.ffn_up.weight", 64}, {"blk.0.ffn_down.weight", kWidth}};
    Numbers all;
    GgufWriter w;
    w.put<std::uint32_t>(0x46554747).put<std::uint32_t>(3).put<std::uint64_t>(12).put<std::uint64_t>(8);
    w.word("general.architecture", "llama")
        .size("llama.block_count", 1)
        .size("llama.embedding_length", kWidth)
        .size("llama.attention.head_count", 2)
        .size("llama.attention.head_count_kv", 1)
        .size("llama.feed_forward_length", kWidth)
        .size("llama.context_length", 64)
        .words("tokenizer.ggml.tokens", {"a", "b", "c"});
    std::string weights;
    int number = 0;
    for (const auto& [name, rows] : matrices) {
        w.tensor(name, {kWidth, static_cast<std::uint64_t>(rows)}, type, weights.size());
        for (int r = 0; r < rows; ++r) {
            auto [bytes, numbers] = packedRow(type, r + 5 * number, kWidth);
            weights += bytes;
            all[name].push_back(std::move(numbers));
        }
        weights.resize((weights.size() + 31) / 32 * 32, '\0');
        ++number;
    }
    for (const char* name : {"blk.0.attn_norm.weight", "blk.0.ffn_norm.weight", "output_norm.weight"}) {
        w.tensor(name, {kWidth}, 0, weights.size());
        weights += packedRow(0, ++number, kWidth).first;
    }
    w.align().raw(weights).save(file);
    return all;
}

/// The rows of a matrix as each set of instructions unpacks them.
std::vector<std::vector<float>> rowsOf(const WeightMatrix& m, latent::learn::Instructions instructions) {
    std::vector<std::vector<float>> rows;
    for (int r = 0; r < m.rows; ++r) {
        rows.emplace_back(static_cast<std::size_t>(m.columns));
        decoderKernels(instructions).unpackRow(m.storage, m.row(r), m.columns, rows.back().data());
    }
    return rows;
}

}  // namespace

class GgufTypesTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void everyTypeHoldsItsNumbers() {
        QTemporaryDir folder;
        const fs::path file = fs::path(folder.path().toStdString()) / "types.gguf";
        for (const auto& [type, storage] : {std::pair<std::uint32_t, Storage>{0, Storage::F32},
                                            {1, Storage::F16},
                                            {2, Storage::Q4_0},
                                            {3, Storage::Q4_1},
                                            {8, Storage::Q8_0}}) {
            Numbers numbers = writeModel(file, type);
            // Of queries and keys llama.cpp puts the two of a turned pair side by side; here they are half a head apart.
            for (const char* name : {"blk.0.attn_q.weight", "blk.0.attn_k.weight"}) {
                const auto stored = numbers.at(name);
                for (std::size_t r = 0; r < stored.size(); ++r) {
                    const std::size_t head = r / kHeadWidth, in = r % kHeadWidth;
                    numbers[name][head * kHeadWidth + in % 2 * kHeadWidth / 2 + in / 2] = stored[r];
                }
            }
            const LoadedModel model = loadDecoder(file);
            const DecoderLayer& layer = model.weights->layers.at(0);
            QCOMPARE(model.weights->config.quantisation, std::string(nameOf(storage)));
            for (const auto& [name, matrix] : {std::pair{"token_embd.weight", &model.weights->embedding},
                                               {"output.weight", &model.weights->head.weight},
                                               {"blk.0.attn_q.weight", &layer.query.weight},
                                               {"blk.0.attn_k.weight", &layer.key.weight},
                                               {"blk.0.attn_v.weight", &layer.value.weight},
                                               {"blk.0.attn_output.weight", &layer.output.weight},
                                               {"blk.0.ffn_gate.weight", &layer.gate.weight},
                                               {"blk.0.ffn_up.weight", &layer.up.weight},
                                               {"blk.0.ffn_down.weight", &layer.down.weight}}) {
                QVERIFY(matrix->storage == storage);
                for (const auto instructions :
                     {latent::learn::Instructions::Portable, latent::learn::bestInstructions()})
                    QVERIFY2(rowsOf(*matrix, instructions) == numbers.at(name), name);
            }
        }
    }
};

QTEST_APPLESS_MAIN(GgufTypesTest)
#include "gguf_types_test.moc"
