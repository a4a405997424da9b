/** The search field of the bar, when the page in view has something to search. */
class PageSearch {
  text = $state('');
  label = $state('');
  offered = $state(false);

  /** Shows the field until the returned function is called: `$effect(() => pageSearch.offer(m.board.search))`. Read `pageSearch.text`. */
  offer(label: string): () => void {
    this.label = label;
    this.offered = true;
    return () => {
      this.offered = false;
      this.text = '';
    };
  }
}

export const pageSearch = new PageSearch();
