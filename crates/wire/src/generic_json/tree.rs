//! All pointers of a source as one tree, and the values of one object at them. What no pointer leads to is skipped
//! unread.

use super::pointer::JsonPointer;
use crate::json::field::Field;
use crate::json::members::{MemberTarget, Members, Shape};

/// A branch of the tree of pointers. Without branches of its own it is a leaf.
#[derive(Clone, Debug, Default)]
pub(crate) struct Branch {
    children: Vec<Child>,
    /// What is read of each record, if the records are here, in an array.
    records: Option<Box<Branch>>,
}

#[derive(Clone, Debug)]
struct Child {
    name: String,
    /// The name as the number of an item.
    number: Option<usize>,
    branch: Branch,
}

impl Branch {
    /// Adds a pointer, and writes into it where it leads.
    pub(crate) fn add(&mut self, pointer: &mut JsonPointer) {
        pointer.places.clear();
        let mut branch = self;
        for step in &pointer.steps {
            let known = branch.children.iter().position(|child| child.name == *step);
            let place = known.unwrap_or_else(|| {
                let child = Child { name: step.clone(), number: step.parse().ok(), branch: Self::default() };
                branch.children.push(child);
                branch.children.len() - 1
            });
            pointer.places.push(place);
            branch = &mut branch.children[place].branch;
        }
    }

    /// Says what is read of each record in the array at this pointer, which has been added.
    pub(crate) fn add_records(&mut self, pointer: &JsonPointer, of_record: Self) {
        let mut branch = self;
        for place in &pointer.places {
            branch = &mut branch.children[*place].branch;
        }
        branch.records = Some(Box::new(of_record));
    }

    fn is_leaf(&self) -> bool {
        self.children.is_empty() && self.records.is_none()
    }
}

/// The values of one object at the pointers.
pub(crate) struct Values<'a, 'm> {
    branch: &'m Branch,
    /// One for each child of the branch, as soon as one is there.
    cells: Vec<Cell<'a, 'm>>,
    records: Vec<Cell<'a, 'm>>,
}

/// A value at a branch: of a leaf the value itself, and otherwise its shape and what is in it.
pub(crate) struct Cell<'a, 'm> {
    branch: &'m Branch,
    value: Field<'a>,
    shape: Option<Shape>,
    /// `None` of a leaf, and as long as there is no value.
    inner: Option<Box<Values<'a, 'm>>>,
}

static ABSENT: Field<'static> = Field::Absent;
static NULL: Field<'static> = Field::Null;
static OTHER: Field<'static> = Field::Other;

impl<'a, 'm> Values<'a, 'm> {
    pub(crate) fn new(branch: &'m Branch) -> Self {
        Self { branch, cells: Vec::new(), records: Vec::new() }
    }

    /// The value at a pointer of the tree.
    pub(crate) fn at(&self, pointer: &JsonPointer) -> &Field<'a> {
        let Some(cell) = self.cell(pointer) else { return &ABSENT };
        match cell.shape {
            _ if cell.branch.is_leaf() => &cell.value,
            None => &ABSENT,
            Some(Shape::Null) => &NULL,
            Some(Shape::Object | Shape::Other) => &OTHER,
        }
    }

    /// The records at a pointer of the tree, and whether each is an object.
    pub(crate) fn records(&self, pointer: &JsonPointer) -> impl Iterator<Item = (&Self, bool)> {
        let inner = self.cell(pointer).and_then(|cell| cell.inner.as_deref());
        let records = inner.map_or(&[][..], |inner| &inner.records);
        records.iter().filter_map(|record| Some((record.inner.as_deref()?, record.shape == Some(Shape::Object))))
    }

    fn cell(&self, pointer: &JsonPointer) -> Option<&Cell<'a, 'm>> {
        let (last, outer) = pointer.places.split_last()?;
        let inner = outer.iter().try_fold(self, |values, place| values.cells.get(*place)?.inner.as_deref())?;
        inner.cells.get(*last)
    }

    fn child(&mut self, place: usize) -> MemberTarget<'_, 'a> {
        if self.cells.is_empty() {
            let cell = |child: &'m Child| Cell::new(&child.branch);
            self.cells.extend(self.branch.children.iter().map(cell));
        }
        self.cells[place].target()
    }
}

impl<'a, 'm> Cell<'a, 'm> {
    fn new(branch: &'m Branch) -> Self {
        Self { branch, value: Field::Absent, shape: None, inner: None }
    }

    /// A record in an array.
    fn of_record(branch: &'m Branch) -> Self {
        Self { inner: (!branch.is_leaf()).then(|| Box::new(Values::new(branch))), ..Self::new(branch) }
    }

    fn target(&mut self) -> MemberTarget<'_, 'a> {
        if self.branch.is_leaf() {
            return MemberTarget::Field(&mut self.value);
        }
        let inner = self.inner.get_or_insert_with(|| Box::new(Values::new(self.branch)));
        MemberTarget::Object(&mut self.shape, inner.as_mut())
    }
}

impl<'a> Members<'a> for Values<'a, '_> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        if let Some(of_record) = self.branch.records.as_deref() {
            // An object in the place of the array is its only record.
            if self.records.is_empty() {
                self.records.push(Cell { shape: Some(Shape::Object), ..Cell::of_record(of_record) });
            }
            return self.records[0].inner.as_mut()?.target(name);
        }
        let place = self.branch.children.iter().position(|child| child.name == name)?;
        Some(self.child(place))
    }

    fn item(&mut self, number: usize) -> Option<MemberTarget<'_, 'a>> {
        if let Some(of_record) = self.branch.records.as_deref() {
            self.records.push(Cell::of_record(of_record));
            let Cell { shape, inner, .. } = self.records.last_mut()?;
            return Some(MemberTarget::Object(shape, inner.as_mut()?.as_mut()));
        }
        let place = self.branch.children.iter().position(|child| child.number == Some(number))?;
        Some(self.child(place))
    }
}
