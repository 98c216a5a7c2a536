<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>SweepRuns</name>
    <message numerus="yes">
        <source>%n cells at once</source>
        <translation>
            <numerusform>%n cell at once</numerusform>
            <numerusform>%n cells at once</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::desktop::ExportDialog</name>
    <message numerus="yes">
        <source>Export %n figures</source>
        <translation>
            <numerusform>Export %n figure</numerusform>
            <numerusform>Export %n figures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::desktop::GridPopup</name>
    <message numerus="yes">
        <source>%n entries</source>
        <translation>
            <numerusform>%n entry</numerusform>
            <numerusform>%n entries</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::desktop::JobsPanel</name>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n running</numerusform>
            <numerusform>%n running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n waiting</numerusform>
            <numerusform>%n waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::desktop::ListEditor</name>
    <message numerus="yes">
        <source>%n entries</source>
        <translation>
            <numerusform>%n entry</numerusform>
            <numerusform>%n entries</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::desktop::MainWindow</name>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n running</numerusform>
            <numerusform>%n running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n queued</source>
        <translation>
            <numerusform>%n queued</numerusform>
            <numerusform>%n queued</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Compare %n runs</source>
        <translation>
            <numerusform>Compare %n run</numerusform>
            <numerusform>Compare %n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n figures are exported into %1.</source>
        <translation>
            <numerusform>%n figure is exported into %1.</numerusform>
            <numerusform>%n figures are exported into %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::desktop::NotesDialog</name>
    <message numerus="yes">
        <source>%n runs</source>
        <translation>
            <numerusform>%n run</numerusform>
            <numerusform>%n runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::desktop::PagesUndo</name>
    <message numerus="yes">
        <source>closing of %n pages</source>
        <translation>
            <numerusform>closing of %n page</numerusform>
            <numerusform>closing of %n pages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::desktop::ParameterForm</name>
    <message numerus="yes">
        <source>%1, %n changed</source>
        <translation>
            <numerusform>%1, %n changed</numerusform>
            <numerusform>%1, %n changed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n changed</source>
        <translation>
            <numerusform>%n changed</numerusform>
            <numerusform>%n changed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::desktop::RunActions</name>
    <message numerus="yes">
        <source>Move %n runs to the trash?</source>
        <translation>
            <numerusform>Move %n run to the trash?</numerusform>
            <numerusform>Move %n runs to the trash?</numerusform>
        </translation>
    </message>
</context>
</TS>
